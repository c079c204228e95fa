package org.maftia.wormhole.certificate;

import java.util.Arrays;

/** What makes a statement a certificate: the tag over exactly the bytes of the statement. */
public final class Seal {
    private final TagProfile profile;
    private final byte[] tag;

    private Seal(TagProfile profile, byte[] tag) {
        this.profile = profile;
        this.tag = tag;
    }

    /**
     * @throws MalformedCertificateException if the tag has not the length of the profile
     */
    public static Seal of(TagProfile profile, byte[] tag) {
        if (tag.length != profile.length()) {
            throw new MalformedCertificateException("a tag of the wrong length");
        }
        return new Seal(profile, tag.clone());
    }

    public TagProfile profile() {
        return profile;
    }

    public byte[] tag() {
        return tag.clone();
    }

    /** Bytes of the encoded seal. */
    public int length() {
        return 1 + tag.length;
    }

    void writeTo(byte[] target, int offset) {
        BigEndian.u8(target, offset, profile.code());
        System.arraycopy(tag, 0, target, offset + 1, tag.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Seal seal && profile == seal.profile && Arrays.equals(tag, seal.tag);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tag);
    }

    @Override
    public String toString() {
        return profile.name();
    }
}
