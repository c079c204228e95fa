package org.maftia.services.authority;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Context;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.authority.acme.Document;
import org.maftia.services.authority.acme.Payloads;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.authority.pki.CertificateForm;
import org.maftia.services.authority.pki.Identifier;
import org.maftia.services.authority.pki.IssuedCertificate;
import org.maftia.services.x509.SubjectKey;

/** Gives certificates out again, and revokes them for who may (RFC 8555, section 7.6). */
final class RevocationDesk {
    /** What a subscriber may give as a reason: of the others some are no reasons, and some are the authority's alone. */
    private static final List<Integer> REASONS = List.of(0, Issued.KEY_COMPROMISE, 3, 4, 5);

    /** What an officer may give besides: that the authority takes a privilege back. */
    private static final int PRIVILEGE_WITHDRAWN = 9;

    /** What the public record calls a revocation. */
    private static final int RECORD_REVOCATION = 3;

    private final AuthorityPolicy policy;
    private final Accounts accounts;
    private final Nonces nonces;
    private final Orders orders;
    private final Ledger ledger;
    private final Answers answers;
    private final CertificateForm form;

    RevocationDesk(
            AuthorityPolicy policy,
            Accounts accounts,
            Nonces nonces,
            Orders orders,
            Ledger ledger,
            Answers answers,
            CertificateForm form) {
        this.policy = policy;
        this.accounts = accounts;
        this.nonces = nonces;
        this.orders = orders;
        this.ledger = ledger;
        this.answers = answers;
        this.form = form;
    }

    AuthorityAnswer certificate(Envelope envelope) {
        envelope.requireReading();
        Issued one = ledger.of(envelope.target().serial());
        byte[] body = one == null ? null : ledger.body(one);
        if (one == null || body == null) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "there is no such certificate, or it is not kept any more");
        }
        if (one.account != envelope.account().id) {
            throw new Refusal(Problem.Kind.UNAUTHORIZED, "the certificate is another account's");
        }
        return new AuthorityAnswer(200, "application/pem-certificate-chain", "", "", 0, form.chain(body));
    }

    AuthorityAnswer revoke(Envelope envelope) {
        Payloads.Revocation wish = Payloads.revocation(envelope.payload());
        IssuedCertificate certificate;
        try {
            certificate = IssuedCertificate.decode(wish.certificate());
        } catch (MalformedException e) {
            throw new Refusal(Problem.Kind.MALFORMED, String.valueOf(e.getMessage()));
        }
        Issued one = ledger.of(certificate.serial());
        if (one == null || !one.digest.equals(Transcript.sha256(wish.certificate()))) {
            throw new Refusal(Problem.Kind.NOT_FOUND, "the certificate is not of this authority, or has ended");
        }
        if (!mayRevoke(envelope, one, certificate)) {
            throw new Refusal(
                    Problem.Kind.UNAUTHORIZED,
                    "a certificate is revoked by its account, its key, or who controls all of its names");
        }
        int reason = wish.reason().orElse(0);
        if (!REASONS.contains(reason)) {
            throw new Refusal(Problem.Kind.BAD_REVOCATION_REASON, "the reasons are " + REASONS);
        }
        revoke(one, reason, envelope.context());
        return new AuthorityAnswer(200, AuthorityAnswer.JSON, "", "", 0, new byte[0]);
    }

    private void revoke(Issued one, int reason, Context context) {
        if (one.isRevoked()) {
            throw new Refusal(Problem.Kind.ALREADY_REVOKED, "the certificate is revoked already");
        }
        ledger.revoke(one, reason, context.timeMicros());
        answers.forget(one.name());
        // Without room in the record it counts all the same: lists tell it, and waiting would help whoever has the key.
        context.record(RECORD_REVOCATION, one.revocation());
    }

    private boolean mayRevoke(Envelope envelope, Issued one, IssuedCertificate certificate) {
        @Nullable Account owner = envelope.owner();
        if (owner == null) {
            return envelope.key().equals(certificate.key());
        }
        if (owner.id == one.account) {
            return true;
        }
        for (Identifier name : certificate.names()) {
            if (orders.valid(owner.id, name, envelope.nowMicros()) == null) {
                return false;
            }
        }
        return true;
    }

    /** Carries out what an officer signed. */
    AuthorityAnswer official(AuthorityCommand.Official command, Context context) {
        OfficerOrder order;
        try {
            order = OfficerOrder.CODEC.decode(command.order());
        } catch (MalformedException e) {
            throw new Refusal(Problem.Kind.MALFORMED, "no order of an officer");
        }
        boolean known = order.officer() < policy.officers().size();
        byte[] statement = OfficerOrder.statement(policy.group(), command.order());
        if (!known
                || !SubjectKey.edwards(policy.officers().get(order.officer()))
                        .verifiesEdwards(statement, command.signature())) {
            throw new Refusal(Problem.Kind.UNAUTHORIZED, "the order is not signed by an officer of the group");
        }
        if (nonces.spend(order.nonce(), context.timeMicros()) != Nonces.Standing.TAKEN) {
            throw new Refusal(Problem.Kind.BAD_NONCE, "the nonce is old, used or none at all");
        }
        switch (order.act()) {
            case OfficerOrder.Act.Credential credential -> {
                if (!accounts.give(credential.name(), credential.secret(), context.timeMicros())) {
                    throw new Refusal(Problem.Kind.RATE_LIMITED, "the name is taken, or too many credentials are open");
                }
            }
            case OfficerOrder.Act.Revoke revocation -> {
                Issued one = ledger.of(revocation.serial());
                if (one == null) {
                    throw new Refusal(Problem.Kind.NOT_FOUND, "there is no such certificate");
                }
                boolean usual = REASONS.contains(revocation.reason()) || revocation.reason() == PRIVILEGE_WITHDRAWN;
                if (!usual) {
                    throw new Refusal(Problem.Kind.BAD_REVOCATION_REASON, "the reasons are " + REASONS + " and 9");
                }
                revoke(one, revocation.reason(), context);
            }
        }
        return AuthorityAnswer.of(200, new Document().put("done", true));
    }
}
