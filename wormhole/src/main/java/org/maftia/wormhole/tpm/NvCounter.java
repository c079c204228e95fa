package org.maftia.wormhole.tpm;

import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.BigEndian;

/**
 * A counter in the TPM's own memory, which only rises: also when the index is deleted and made again, since a new
 * counter begins above all that there ever were (part 1, clause 37.2.4). Whoever may use the TPM may raise it.
 *
 * @param index handle of the index, 0x01000000 to 0x01ffffff
 */
public record NvCounter(int index) {
    /** In the range that is left to the owner of the machine (TCG Registry of Reserved TPM 2.0 Handles). */
    public static final NvCounter STARTS = new NvCounter(0x01804d54);

    private static final int SHA256 = 0x000b;

    /** A counter; written and read by the owner and with the (empty) password; no dictionary attack protection. */
    private static final int ATTRIBUTES = 0x0206_0016;

    private static final int WRITTEN = 0x2000_0000;

    /** TPMS_NV_PUBLIC; part 2, clause 13.5. */
    byte[] publicArea(boolean written) {
        byte[] bytes = new byte[14];
        BigEndian.u32(bytes, 0, index);
        BigEndian.u16(bytes, 4, SHA256);
        BigEndian.u32(bytes, 6, ATTRIBUTES | (written ? WRITTEN : 0));
        BigEndian.u16(bytes, 10, 0); // no policy
        BigEndian.u16(bytes, 12, 8);
        return bytes;
    }

    /** The name under which the TPM certifies it once it was raised; it holds all attributes. */
    public byte[] name() {
        return AttestationKey.name(publicArea(true));
    }
}
