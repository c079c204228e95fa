package org.maftia.server.succession;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.Reconfiguration;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.OfficerKeys;

/**
 * The wish of officers for the next configuration, while signatures are collected.
 *
 * @param present whose officers must sign
 * @param next what they want
 * @param serial above that of every wish before in the same configuration
 */
public record Wish(Known present, Known next, long serial) {
    public Wish {
        if (!next.configuration().predecessor().equals(present.configuration().digest())) {
            throw new CeremonyException(
                    "configuration " + next.number() + " does not follow the present one",
                    "prepare it anew, from the present group.toml");
        }
    }

    /** What each officer signs. */
    public Digest digest() {
        return Reconfiguration.digest(next.configuration(), serial);
    }

    /** A signature as it travels to who submits the wish: a line of text. */
    public String line(OfficerKeys.Signed signed) {
        HexFormat hex = HexFormat.of();
        return "maftia-wish " + next.configuration().digest() + " " + serial + " " + hex.formatHex(signed.publicKey())
                + " " + hex.formatHex(signed.signature());
    }

    /** The name of the officer who signed; the key must be one of the present officers'. */
    public String officer(OfficerKeys.Signed signed) {
        return present.officers().get(index(signed.publicKey()));
    }

    private int index(byte[] publicKey) {
        List<byte[]> officers = present.configuration().officers();
        for (int i = 0; i < officers.size(); i++) {
            if (Arrays.equals(officers.get(i), publicKey)) {
                return i;
            }
        }
        throw new CeremonyException(
                "the key is no officer's of the present configuration",
                "officers: " + String.join(", ", present.officers()));
    }

    /** The serial that a line names, before anything in it is believed. */
    public static long serialOf(String line) {
        String[] words = line.strip().split(" ", -1);
        if (words.length != 5 || !words[0].equals("maftia-wish") || !words[2].matches("[0-9]{1,18}")) {
            throw new CeremonyException("this is no signature of a wish", "'maftia reconfigure sign' writes it");
        }
        return Long.parseLong(words[2]);
    }

    private OfficerKeys.Signed parse(String line) {
        String[] words = line.strip().split(" ", -1);
        boolean own = serialOf(line) == serial
                && words[1].equals(next.configuration().digest().toString());
        if (!own || !words[3].matches("[0-9a-f]{64}") || !words[4].matches("([0-9a-f]{2}){1,128}")) {
            throw new CeremonyException(
                    "a signature is for another configuration or another serial number",
                    "all officers sign the same transcript with the same --serial");
        }
        HexFormat hex = HexFormat.of();
        return new OfficerKeys.Signed(hex.parseHex(words[3]), hex.parseHex(words[4]));
    }

    /**
     * The signed wish.
     *
     * @param lines signatures of officers
     * @throws CeremonyException when one does not verify, or those who signed may not change the group
     */
    public Reconfiguration signed(List<String> lines) {
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        List<String> names = new ArrayList<>();
        ReplicaSet signers = ReplicaSet.EMPTY;
        Ed25519Verifier verifier = new Ed25519Verifier(present.configuration().officers());
        for (String line : lines) {
            OfficerKeys.Signed signed = parse(line);
            int index = index(signed.publicKey());
            if (!verifier.verify(index, digest(), signed.signature())) {
                throw new CeremonyException(
                        "the signature of " + present.officers().get(index) + " does not verify", "sign again");
            }
            signatures.put(index, signed.signature());
            names.add(present.officers().get(index));
            signers = signers.with(index);
        }
        Configuration configuration = present.configuration();
        if (!configuration.policy().holds(signers)) {
            throw new CeremonyException(
                    names.isEmpty()
                            ? "no officer signed"
                            : String.join(", ", names) + " alone may not change the group",
                    "the policy of the officers wants more signatures");
        }
        return new Reconfiguration(next.configuration(), serial, Certificate.of(signatures));
    }
}
