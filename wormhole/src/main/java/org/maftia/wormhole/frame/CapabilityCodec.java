package org.maftia.wormhole.frame;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.maftia.wormhole.Agreement;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.TagProfile;

/** Capabilities in a payload: rate u32, source u8, flags u8, lanes u8, profiles u8, then the caveats, a line each. */
public final class CapabilityCodec {
    private static final int ROLLBACK_PROOF = 1;
    private static final int TIMELY = 2;
    private static final int PERSISTENT = 4;
    private static final int SKIPPABLE = 8;
    private static final int SANDBOXED = 16;
    private static final int PARTIAL = 32;
    private static final int SYNC = 64;
    private static final int FIXED = 8;

    private CapabilityCodec() {}

    /** Writes at an offset; gives the number of bytes. Caveats that do not fit are cut at the end. */
    public static int write(Capabilities capabilities, byte[] out, int at) {
        BigEndian.u32(out, at, capabilities.ratePerSecond());
        BigEndian.u8(out, at + 4, capabilities.epochSource().ordinal());
        BigEndian.u8(
                out,
                at + 5,
                (capabilities.rollbackProof() ? ROLLBACK_PROOF : 0)
                        | (capabilities.timely() ? TIMELY : 0)
                        | (capabilities.persistent() ? PERSISTENT : 0)
                        | (capabilities.skippable() ? SKIPPABLE : 0)
                        | (capabilities.sandboxed() ? SANDBOXED : 0)
                        | switch (capabilities.agreement()) {
                            case NONE -> 0;
                            case PARTIAL -> PARTIAL;
                            case SYNC -> SYNC;
                        });
        BigEndian.u8(out, at + 6, capabilities.lanes());
        int profiles = 0;
        for (TagProfile profile : capabilities.tagProfiles()) {
            profiles |= profile.code();
        }
        BigEndian.u8(out, at + 7, profiles);
        byte[] caveats = String.join("\n", capabilities.caveats()).getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(caveats.length, Frame.PAYLOAD_MAX - FIXED);
        System.arraycopy(caveats, 0, out, at + FIXED, length);
        return FIXED + length;
    }

    /** Reads what {@link #write} wrote. */
    public static Capabilities read(byte[] in, int at, int length) {
        int flags = BigEndian.u8(in, at + 5);
        Set<TagProfile> profiles = EnumSet.noneOf(TagProfile.class);
        for (TagProfile profile : TagProfile.values()) {
            if ((BigEndian.u8(in, at + 7) & profile.code()) != 0) {
                profiles.add(profile);
            }
        }
        String caveats = new String(in, at + FIXED, length - FIXED, StandardCharsets.US_ASCII);
        return new Capabilities(
                BigEndian.u32(in, at),
                EpochSource.values()[BigEndian.u8(in, at + 4)],
                (flags & ROLLBACK_PROOF) != 0,
                (flags & TIMELY) != 0,
                (flags & PERSISTENT) != 0,
                BigEndian.u8(in, at + 6),
                (flags & SKIPPABLE) != 0,
                (flags & SANDBOXED) != 0,
                profiles,
                (flags & SYNC) != 0 ? Agreement.SYNC : (flags & PARTIAL) != 0 ? Agreement.PARTIAL : Agreement.NONE,
                caveats.isEmpty() ? List.of() : List.of(caveats.split("\n", -1)));
    }
}
