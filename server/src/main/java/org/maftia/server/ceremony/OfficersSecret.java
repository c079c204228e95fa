package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.SharedSecret;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A secret that officers have together and none of them alone: those whom a policy formula wants present open it, each
 * with his own passphrase, and fewer learn nothing of it. Its shares are those of the project's own sharing; each is
 * sealed under the passphrase of its officer (Argon2id).
 */
final class OfficersSecret {
    /** People who meet in one room, and leaves of a formula that people read. */
    private static final int OFFICERS_MAX = ReplicaSet.SIZE_MAX;

    private static final int SHARES_LENGTH_MAX = 16 << 10;
    private static final String POLICY = "policy";
    private static final String OFFICERS = "officers";

    private OfficersSecret() {}

    /** Draws the secret and writes down its shares, sealed; the caller overwrites what is returned. */
    static byte[] make(Unlock.Officers present, ObjectNode description, SecureRandom random) {
        List<String> names = present.names();
        Formula policy = policy(present.policy(), names);
        if (!policy.replicas().equals(ReplicaSet.firstOf(names.size()))) {
            throw new CeremonyException(
                    "the policy does not name every officer who is present",
                    "leave out the others, or name them in the policy");
        }
        try (SharedSecret.Dealing dealing = deal(policy, random)) {
            description.put(POLICY, policy.toJson(names));
            ArrayNode list = description.putArray(OFFICERS);
            for (int officer = 0; officer < names.size(); officer++) {
                byte[] salt = new byte[CustodyMethod.SALT_LENGTH];
                random.nextBytes(salt);
                byte[] plain = write(dealing.sharesOf(officer));
                byte[] key = CustodyMethod.stretch(present.passphrases().get(officer), salt);
                byte[] sealed = SealedBytes.seal(key, sealName(names.get(officer)), plain, random);
                Arrays.fill(plain, (byte) 0);
                Arrays.fill(key, (byte) 0);
                list.addObject()
                        .put("name", names.get(officer))
                        .put("salt", Base64.getEncoder().encodeToString(salt))
                        .put("shares", Base64.getEncoder().encodeToString(sealed));
            }
            return dealing.secret().clone();
        }
    }

    private static SharedSecret.Dealing deal(Formula policy, SecureRandom random) {
        try {
            return SharedSecret.deal(policy, count -> {
                byte[] bytes = new byte[count];
                random.nextBytes(bytes);
                return bytes;
            });
        } catch (IllegalArgumentException e) {
            throw new CeremonyException("the policy of the officers does not do: " + e.getMessage(), HINT, e);
        }
    }

    private static final String HINT = "such as 2, or {\"select\":2,\"out-of\":[\"ana\",\"ben\",\"eva\"]}";

    /** @param text a number of officers, a formula over their names, or empty for more than half */
    private static Formula policy(String text, List<String> names) {
        if (names.isEmpty() || names.size() > OFFICERS_MAX) {
            throw new CeremonyException("there are 1 to " + OFFICERS_MAX + " officers", "name them with --officer");
        }
        ReplicaSet all = ReplicaSet.firstOf(names.size());
        try {
            if (text.isEmpty()) {
                return Formula.select(names.size() / 2 + 1, all);
            }
            return text.matches("[0-9]{1,4}")
                    ? Formula.select(Integer.parseInt(text), all)
                    : Formula.parse(text, names);
        } catch (TrustException | IllegalArgumentException e) {
            throw new CeremonyException("the policy of the officers does not do: " + e.getMessage(), HINT, e);
        }
    }

    /**
     * The secret, put together from the shares of those who are present; the caller overwrites it.
     *
     * @throws CeremonyException when a passphrase is wrong, or too few are present
     */
    static byte[] find(Unlock.Officers present, JsonNode description, Path directory) {
        List<JsonNode> entries = JsonFields.list(description, OFFICERS, OFFICERS_MAX);
        List<String> names =
                entries.stream().map(entry -> JsonFields.text(entry, "name")).toList();
        Formula policy = policy(JsonFields.text(description, POLICY), names);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        try {
            for (int i = 0; i < present.names().size(); i++) {
                int officer = names.indexOf(present.names().get(i));
                if (officer < 0) {
                    throw new CeremonyException(
                            present.names().get(i) + " is no officer of " + directory,
                            "its officers are " + String.join(", ", names));
                }
                shares.putAll(open(entries.get(officer), present.passphrases().get(i)));
            }
            return SharedSecret.combine(policy, shares)
                    .orElseThrow(() -> new CeremonyException(
                            String.join(", ", present.names()) + " alone do not open " + directory,
                            "the policy is " + policy.toJson(names)));
        } finally {
            shares.values().forEach(share -> Arrays.fill(share, (byte) 0));
        }
    }

    private static SortedMap<Integer, byte[]> open(JsonNode entry, Unlock.Passphrase passphrase) {
        String name = JsonFields.text(entry, "name");
        byte[] key = CustodyMethod.stretch(passphrase, JsonFields.bytes(entry, "salt", CustodyMethod.SALT_LENGTH));
        byte[] plain;
        try {
            plain = SealedBytes.open(key, sealName(name), JsonFields.bytes(entry, "shares", SHARES_LENGTH_MAX));
        } catch (MalformedException e) {
            throw new CeremonyException(
                    "the passphrase of officer " + name + " is wrong",
                    "it is the one that " + name + " gave at the ceremony",
                    e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        try {
            return read(plain);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** The policy of the officers of a directory, for people. */
    static String policy(JsonNode description) {
        return JsonFields.text(description, POLICY);
    }

    private static String sealName(String officer) {
        return "officer/" + officer;
    }

    private static byte[] write(SortedMap<Integer, byte[]> shares) {
        Writer writer = new Writer(SHARES_LENGTH_MAX).u16(shares.size());
        shares.forEach((leaf, share) -> writer.u16(leaf).fixed(share));
        return writer.toBytes();
    }

    private static SortedMap<Integer, byte[]> read(byte[] plain) {
        Reader reader = new Reader(plain);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int count = reader.u16(); count > 0; count--) {
            int leaf = reader.u16();
            shares.put(leaf, reader.fixed(SharedSecret.LENGTH));
        }
        reader.end();
        return shares;
    }
}
