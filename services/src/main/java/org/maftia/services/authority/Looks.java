package org.maftia.services.authority;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.authority.acme.Document;
import org.maftia.services.authority.acme.Jws;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.authority.pki.Instants;
import org.maftia.services.authority.pki.OcspQuestion;

/**
 * What anybody may know, from the state of one replica and without the log. Lists and answers are signed; about the rest a
 * corrupted replica can lie to who asks it, and so delay him, no more.
 */
public final class Looks {
    private final Office office;

    Looks(Office office) {
        this.office = office;
    }

    /**
     * What a signed request that only reads is answered; empty where the group has to say what is wrong with it, or where it does
     * more than read. Whether it is signed is left to {@link Reading#isSigned}; that a nonce is used once for reading the gateway
     * sees to, that it was not used for anything else this does.
     *
     * @param nowMicros by the clock of the gateway: it decides what is shown as expired, and nothing else
     */
    public Optional<Reading> read(Jws request, long nowMicros) {
        return office.desk.reading(request, nowMicros).flatMap(reader -> {
            try {
                return office.shown(reader).map(answer -> new Reading(request, reader.key(), answer));
            } catch (Refusal refusal) {
                return Optional.empty(); // also of what this replica has not heard of yet
            }
        });
    }

    /** A revocation list in DER; empty while the shard has none. */
    public Optional<byte[]> list(int shard) {
        Shard found = office.ledger.shard(shard);
        return found == null || found.list.length == 0 ? Optional.empty() : Optional.of(found.list.clone());
    }

    /** An answer to a question about a certificate that was signed already, DER; empty where one has to be ordered. */
    public Optional<byte[]> answer(byte[] bytes, long nowMicros) {
        try {
            OcspQuestion question = OcspQuestion.decode(bytes);
            byte[] known =
                    question.nonce().length == 0 ? office.answers.fresh(Answers.name(question), nowMicros) : null;
            return known == null ? Optional.empty() : Optional.of(known.clone());
        } catch (MalformedException e) {
            return Optional.empty(); // the group says in its answer what is wrong with it
        }
    }

    /** When to renew a certificate, in JSON; empty where there is no such certificate. */
    public Optional<byte[]> renewal(String name) {
        Issued one = office.renewals.certificate(name);
        return one == null
                ? Optional.empty()
                : Optional.of(office.renewals.window(one).toBytes());
    }

    /** The certificates issued last, the newest first, in JSON. */
    public byte[] newest(int count) {
        List<Document> all =
                office.ledger.newest(count).stream().map(this::document).toList();
        return new Document().putAll("certificates", all).toBytes();
    }

    /** A certificate by its serial in hex, in JSON; empty where there is none. */
    public Optional<byte[]> certificate(String serial) {
        Issued one = office.ledger.of(serial);
        if (one == null) {
            return Optional.empty();
        }
        Document json = document(one);
        byte[] body = office.ledger.body(one);
        if (body != null) {
            json.put("pem", new String(office.form.chain(body), StandardCharsets.US_ASCII));
        }
        return Optional.of(json.toBytes());
    }

    private Document document(Issued one) {
        Document json = new Document()
                .put("serial", HexFormat.of().formatHex(one.serial))
                .put("account", one.account)
                .put("notBefore", Instants.text(one.fromSeconds))
                .put("notAfter", Instants.text(one.toSeconds))
                .put("renewalInfo", office.renewals.name(one))
                .put("crl", "/ca/crl/" + one.shard() + ".crl")
                .put("revoked", one.isRevoked());
        if (one.isRevoked()) {
            json.put("revokedAt", Instants.text(one.revokedSeconds)).put("reason", one.reason);
        }
        return json;
    }

    /** The issuer's certificate, DER. */
    public byte[] issuer() {
        return office.form.issuerEncoded();
    }
}
