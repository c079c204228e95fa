package org.maftia.server.component;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.wire.Digest;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.LaneCounters;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Seal;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.certificate.ViewCertificate;

/**
 * Certificates of components in the words of the protocols, and back. Protocols name members by index and leave out what all
 * of a stream share; the tag carries its profile in its first byte.
 */
final class AttestationForm {
    private AttestationForm() {}

    static Attestation.Ui of(int replica, Ui ui) {
        return new Attestation.Ui(
                replica,
                ui.header().epoch(),
                ui.lane(),
                ui.counter(),
                ui.view(),
                ui.ckpt(),
                digest(ui.digest()),
                tag(ui.seal()));
    }

    static Attestation.Fence of(int replica, Fence fence) {
        return new Attestation.Fence(
                replica,
                fence.header().epoch(),
                fence.mark() == Mark.VIEW ? Attestation.Mark.VIEW : Attestation.Mark.CHECKPOINT,
                fence.view(),
                fence.ckpt(),
                list(fence.counters()),
                digest(fence.digest()),
                tag(fence.seal()));
    }

    static Attestation.Counters of(int replica, Counters counters) {
        return new Attestation.Counters(
                replica, counters.header().epoch(), counters.view(), counters.ckpt(), list(counters.counters()));
    }

    static Attestation.InView of(int replica, ViewCertificate view) {
        return new Attestation.InView(replica, view.header().epoch(), view.number(), digest(view.content()));
    }

    static Attestation.Introduction of(int replica, Identity identity) {
        byte[] keys = new byte[EpochKeys.LENGTH];
        identity.evidence().keys().copyTo(keys, 0);
        return new Attestation.Introduction(
                replica, identity.header().epoch(), keys, identity.evidence().encoded());
    }

    /** The certificate that the attestation stands for; null where it can stand for none. */
    static @Nullable Certificate certificate(Header header, Attestation attestation) {
        try {
            return switch (attestation) {
                case Attestation.Ui ui ->
                    new Ui(
                            header,
                            ui.lane(),
                            ui.counter(),
                            ui.view(),
                            ui.checkpoint(),
                            digest(ui.digest()),
                            seal(ui.tag()));
                case Attestation.Fence fence ->
                    new Fence(
                            header,
                            mark(fence.mark()),
                            fence.view(),
                            fence.checkpoint(),
                            LaneCounters.of(fence.counters().stream()
                                    .mapToLong(Long::longValue)
                                    .toArray()),
                            digest(fence.digest()),
                            seal(fence.tag()));
                // No protocol of a replica shows others what its own component said of itself, or agrees through it.
                case Attestation.Counters counters -> null;
                case Attestation.Agreed agreed -> null;
                case Attestation.InView view -> null;
                // The epoch of such a component is the one that the transcript has, for as long as it lives.
                case Attestation.Introduction introduction -> null;
            };
        } catch (MalformedCertificateException e) {
            return null; // a peer made it up
        }
    }

    static Mark mark(Attestation.Mark mark) {
        return mark == Attestation.Mark.VIEW ? Mark.VIEW : Mark.CKPT;
    }

    static org.maftia.wormhole.certificate.Digest digest(Digest digest) {
        return org.maftia.wormhole.certificate.Digest.of(digest.toBytes());
    }

    private static Digest digest(org.maftia.wormhole.certificate.Digest digest) {
        return Digest.of(digest.toBytes());
    }

    private static byte[] tag(Seal seal) {
        byte[] tag = seal.tag();
        byte[] profiled = new byte[1 + tag.length];
        profiled[0] = (byte) seal.profile().code();
        System.arraycopy(tag, 0, profiled, 1, tag.length);
        return profiled;
    }

    private static Seal seal(byte[] profiled) {
        if (profiled.length == 0) {
            throw new MalformedCertificateException("no tag");
        }
        return Seal.of(TagProfile.of(profiled[0] & 0xff), Arrays.copyOfRange(profiled, 1, profiled.length));
    }

    private static List<Long> list(LaneCounters counters) {
        List<Long> all = new ArrayList<>();
        for (long counter : counters.toArray()) {
            all.add(counter);
        }
        return all;
    }
}
