package org.maftia.server.component;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.wire.Digest;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.PublicSeal;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stream;

/**
 * Judges by the public keys of the components' epochs, which the transcript of the group's ceremony has. An attestation counts
 * in the epoch that belongs to the key and in no other.
 */
public final class ComponentSeals implements AttestationVerifier {
    /**
     * What was found genuine is remembered, so many of them: when views change, an account shows every identifier since a
     * checkpoint, with the proposal that it answers, several times over; nearly all were verified when they came.
     */
    static final int REMEMBERED_MAX = 8192;

    private final Stream group;
    private final List<Member> members;

    /** Hashes of all that counts, in the order in which they were verified. Under its own lock, which is held for a look only. */
    private final Set<Digest> genuine = new LinkedHashSet<>();

    /**
     * @param seat under which the component certifies
     * @param epoch that the key belongs to
     */
    private record Member(int seat, long epoch, PublicSeal key) {}

    /**
     * A component of the group.
     *
     * @param seat of its replica
     * @param epoch in which it works
     * @param key of that epoch
     */
    public record Known(int seat, long epoch, SigningKey key) {}

    /**
     * @param group its id
     * @param components of all members, by index
     */
    public ComponentSeals(UUID group, List<Known> components) {
        this.group = stream(group);
        List<Member> all = new ArrayList<>();
        components.forEach(known -> all.add(new Member(known.seat, known.epoch, new PublicSeal(known.key))));
        this.members = List.copyOf(all);
    }

    /** The name of the group in its components' counters. */
    static Stream stream(UUID group) {
        return new Stream(group.getMostSignificantBits(), group.getLeastSignificantBits(), Stream.COMPONENT);
    }

    @Override
    public boolean verify(int stream, Attestation attestation) {
        if (attestation.replica() < 0 || attestation.replica() >= members.size()) {
            return false;
        }
        Member member = members.get(attestation.replica());
        if (attestation.epoch() != member.epoch) {
            return false;
        }
        Certificate certificate =
                AttestationForm.certificate(new Header(group.with(stream), member.seat, member.epoch), attestation);
        if (certificate == null) {
            return false;
        }
        Digest name = name(stream, attestation);
        synchronized (genuine) {
            if (genuine.contains(name)) {
                return true;
            }
        }
        boolean verified = member.key.verify(certificate);
        if (verified) {
            remember(name);
        }
        return verified;
    }

    /** Binds everything of one that has a certificate's form, its seal included. */
    private static Digest name(int stream, Attestation attestation) {
        Transcript transcript = Transcript.of("genuine attestation").field(stream);
        switch (attestation) {
            case Attestation.Ui ui -> transcript.field("ui").field(Attestation.Ui.CODEC.encode(ui));
            case Attestation.Fence fence -> transcript.field("fence").field(Attestation.Fence.CODEC.encode(fence));
            default -> throw new IllegalArgumentException("certifies nothing to others");
        }
        return transcript.digest();
    }

    private void remember(Digest name) {
        synchronized (genuine) {
            if (genuine.add(name) && genuine.size() > REMEMBERED_MAX) {
                var oldest = genuine.iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }
}
