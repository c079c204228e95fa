package org.maftia.services.openid;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.GrantDesk.Order;
import org.maftia.services.openid.ProviderAnswer.Fault;
import org.maftia.services.x509.CertificateChain;
import org.maftia.services.x509.RefusedCertificateException;

/**
 * Judges who a client is and which key it holds, at every replica. Signed messages name the place that they are for: one that
 * names the home of a gateway is of no use to another gateway, which sees it in the log, or in transit.
 */
final class ClientDesk {
    /** Libraries say an hour; a mark is kept as long. */
    private static final long ASSERTION_SECONDS_MAX = 3_660;

    private static final long CLOCK_SECONDS = 60;
    private static final int AUDIENCES_MAX = 8;
    private static final String TOKEN_PATH = "/token";

    /** Half of all. */
    private static final int SPENT_OF_CLIENT_MAX = Holdings.SPENT_MAX / 2;

    /** What the clocks of clients are off, and more, behind the end of an assertion. */
    private static final long MARGIN_MICROS = 60_000_000;

    private final ProviderPolicy policy;
    private final Holdings holdings;
    private final OwnCertificates own;

    ClientDesk(ProviderPolicy policy, Holdings holdings, OwnCertificates own) {
        this.policy = policy;
        this.holdings = holdings;
        this.own = own;
    }

    private record Mark(Digest name, long dueMicros) {}

    /**
     * Who a client is, and to which key what it gets is bound.
     *
     * @param marks of messages that are used up when the command is carried out
     */
    record Known(ProviderPolicy.Client client, Binding binding, List<Mark> marks) {}

    /**
     * Who it is, and which key it holds.
     *
     * @throws Refusal when the client is another, or what it showed was not for this command, or was used before
     */
    Known requireBound(Caller caller, Order order) {
        Known known = require(caller, order);
        List<Mark> marks = new ArrayList<>(known.marks);
        Binding binding = binding(known, caller, marks, order);
        return new Known(known.client, binding, marks);
    }

    /**
     * Who it is.
     *
     * @throws Refusal when the client is another, or what it showed was not for this command, or was used before
     */
    Known require(Caller caller, Order order) {
        ProviderPolicy.Client client = policy.client(caller.client()).orElseThrow(ClientDesk::wrong);
        List<Mark> marks = new ArrayList<>();
        Binding binding = Binding.NONE;
        switch (client.method()) {
            case NONE -> {}
            case SECRET -> {
                if (!client.secret().map(order::proves).orElse(false)) {
                    throw wrong();
                }
            }
            case KEYS -> marks.add(assertion(client, caller.assertion(), order));
            case CERTIFICATES -> {
                if (!client.certificates().contains(caller.certificate())) {
                    throw wrong();
                }
                binding = new Binding(Binding.Kind.CERTIFICATE, caller.certificate());
            }
            case CERTIFIED -> binding = new Binding(Binding.Kind.CERTIFICATE, certified(client, caller, order));
        }
        return new Known(client, binding, marks);
    }

    /** RFC 8705, section 2.1: the certificate of whoever an anchor says to be this client, good at the time of the log. */
    private Digest certified(ProviderPolicy.Client client, Caller caller, Order order) {
        CertificateChain chain;
        CertificateChain.Anchor anchor;
        try {
            chain = CertificateChain.of(caller.chain());
            anchor = chain.require(policy.anchors(), order.nowSeconds());
        } catch (MalformedException | RefusedCertificateException e) {
            throw Refusal.of(Fault.INVALID_CLIENT, String.valueOf(e.getMessage()));
        }
        if (client.certified().filter(name -> name.isIn(chain)).isEmpty()) {
            throw Refusal.of(Fault.INVALID_CLIENT, "the certificate is of another name than the client's");
        }
        if (anchor.isOwn() && !own.isGood(chain.serial(), chain.leafDigest())) {
            throw Refusal.of(Fault.INVALID_CLIENT, "the certificate is revoked, or none of this group's authority");
        }
        return chain.leafDigest();
    }

    private static Refusal wrong() {
        return Refusal.of(Fault.INVALID_CLIENT, "no client of this id proves itself so");
    }

    /** Uses up what was shown: it is good once, and for the same command again. */
    void spend(Known known, Order order) {
        known.marks.forEach(
                mark -> holdings.spent.put(mark.name, new Spent(order.name(), known.client.id(), mark.dueMicros)));
    }

    /**
     * One client alone does not take the room of all others.
     *
     * @param marks for which the same command has room already
     */
    private void requireRoom(ProviderPolicy.Client client, int marks) {
        holdings.spent.requireRoomFor(marks + 1);
        if (holdings.spent.size() >= SPENT_OF_CLIENT_MAX) {
            long own = holdings.spent
                    .all()
                    .filter(spent -> spent.client().equals(client.id()))
                    .count();
            if (own >= SPENT_OF_CLIENT_MAX) {
                throw Refusal.busy(60);
            }
        }
    }

    private Mark mark(String kind, String owner, String id, long dueMicros, Fault fault, Order order) {
        Digest name =
                Transcript.of("openid/spent").field(kind).field(owner).field(id).digest();
        boolean used = holdings.spent
                .find(name)
                .filter(spent -> !spent.by().equals(order.name()))
                .isPresent();
        if (used) {
            throw Refusal.of(fault, "a signed message with this jti was used before");
        }
        return new Mark(name, dueMicros);
    }

    /** RFC 7523, section 3. */
    private Mark assertion(ProviderPolicy.Client client, String text, Order order) {
        try {
            CompactJws jws = CompactJws.decode(text);
            if (client.keys().stream().noneMatch(jws::isSignedBy)) {
                throw wrong();
            }
            StrictJson claims = jws.payload();
            boolean own = claims.text("iss").equals(client.id())
                    && claims.text("sub").equals(client.id())
                    && claims.oneOrMore("aud", AUDIENCES_MAX).stream()
                            .anyMatch(place ->
                                    policy.isIssuer(place, order.gateway()) || isToken(place, order.gateway()));
            if (!own) {
                throw Refusal.of(Fault.INVALID_CLIENT, "the assertion is of another client, or for another place");
            }
            long endSeconds = claims.number("exp");
            long beginSeconds = claims.has("nbf") ? claims.number("nbf") : 0;
            long now = order.nowSeconds();
            if (endSeconds <= now || endSeconds > now + ASSERTION_SECONDS_MAX || beginSeconds > now + CLOCK_SECONDS) {
                throw Refusal.of(Fault.INVALID_CLIENT, "the assertion is not good now, or for longer than an hour");
            }
            String id = claims.text("jti");
            if (id.isEmpty() || id.length() > PossessionProof.ID_LENGTH_MAX) {
                throw Refusal.of(Fault.INVALID_CLIENT, "the jti of an assertion has 1 to 128 characters");
            }
            requireRoom(client, 0);
            long dueMicros = endSeconds * 1_000_000 + MARGIN_MICROS;
            return mark("assertion", client.id(), id, dueMicros, Fault.INVALID_CLIENT, order);
        } catch (MalformedException e) {
            throw Refusal.of(Fault.INVALID_CLIENT, "the assertion is none: " + e.getMessage());
        }
    }

    private boolean isToken(String place, int gateway) {
        return place.endsWith(TOKEN_PATH)
                && policy.isIssuer(place.substring(0, place.length() - TOKEN_PATH.length()), gateway);
    }

    private Binding binding(Known known, Caller caller, List<Mark> marks, Order order) {
        ProviderPolicy.Client client = known.client;
        if (known.binding.kind() == Binding.Kind.CERTIFICATE) {
            if (!caller.proof().isEmpty()) {
                throw Refusal.of(Fault.INVALID_DPOP_PROOF, "the tokens of this client are bound to its certificate");
            }
            return known.binding;
        }
        if (caller.proof().isEmpty()) {
            if (client.bound() != ProviderPolicy.Bound.NO) {
                throw Refusal.of(Fault.INVALID_DPOP_PROOF, "this client gets tokens that are bound to a key alone");
            }
            return Binding.NONE;
        }
        PossessionProof proof;
        try {
            proof = PossessionProof.read(caller.proof());
        } catch (MalformedException e) {
            throw Refusal.of(Fault.INVALID_DPOP_PROOF, "the proof is none: " + e.getMessage());
        }
        if (!proof.method().equals("POST") || !isToken(proof.place(), order.gateway())) {
            throw Refusal.of(Fault.INVALID_DPOP_PROOF, "the proof is for another request");
        }
        boolean registered =
                client.keys().stream().anyMatch(key -> key.thumbprint().equals(proof.key()));
        if (client.bound() == ProviderPolicy.Bound.OWN && !registered) {
            throw Refusal.of(Fault.INVALID_DPOP_PROOF, "the proof is by another key than the client registered");
        }
        if (!holdings.nonces.isGood(proof.nonce(), order.nowMicros())) {
            throw Refusal.of(Fault.USE_DPOP_NONCE, "the proof must name the nonce of the provider");
        }
        requireRoom(client, marks.size());
        long dueMicros = order.nowMicros() + Nonces.LIFE_MICROS; // no nonce that is good now is good then
        marks.add(mark("proof", proof.key().toString(), proof.id(), dueMicros, Fault.INVALID_DPOP_PROOF, order));
        return new Binding(Binding.Kind.KEY, proof.key());
    }
}
