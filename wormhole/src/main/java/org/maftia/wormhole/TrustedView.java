package org.maftia.wormhole;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.MalformedCertificateException;

/**
 * Which components work together, in which epochs, and which of them may be lost together.
 *
 * <p>Its bytes: number u64, dealer u8, members u8, each (ttcb u16, epoch u64, keys 96), fault sets u8, each u64 with bit
 * k for member k. Its digest is what components certify.
 *
 * @param number above that of the view before; 0 is the genesis
 * @param dealer index of the member that draws the view's group key
 * @param members at most 64, in the order that bits of sets mean
 * @param faultSets the maximal fault sets over the members, at most 64
 */
public record TrustedView(long number, int dealer, List<Member> members, List<Long> faultSets) {
    public static final int MEMBERS_MAX = 64;
    public static final int FAULT_SETS_MAX = 64;
    private static final int FIXED = 11;
    private static final int MEMBER_LENGTH = 2 + 8 + EpochKeys.LENGTH;

    /** No view has more bytes. */
    public static final int LENGTH_MAX = FIXED + MEMBERS_MAX * MEMBER_LENGTH + FAULT_SETS_MAX * 8;

    /** A component in one of its epochs. */
    public record Member(int ttcb, long epoch, EpochKeys keys) {}

    public TrustedView {
        members = List.copyOf(members);
        faultSets = List.copyOf(faultSets);
        if (number < 0
                || members.isEmpty()
                || members.size() > MEMBERS_MAX
                || faultSets.size() > FAULT_SETS_MAX
                || dealer < 0
                || dealer >= members.size()) {
            throw new MalformedCertificateException("no trusted view");
        }
        for (int k = 1; k < members.size(); k++) {
            if (members.get(k - 1).ttcb() >= members.get(k).ttcb()) {
                throw new MalformedCertificateException("members are not in the order of their numbers");
            }
        }
        long outside = members.size() == 64 ? 0 : -1L << members.size();
        for (long faultSet : faultSets) {
            if ((faultSet & outside) != 0) {
                throw new MalformedCertificateException("a fault set names who is no member");
            }
        }
    }

    /** Whether all members that are not in the set may be lost together: the most that one may wait for. */
    public boolean isQuorum(long set) {
        long missing = (members.size() == 64 ? -1L : (1L << members.size()) - 1) & ~set;
        return missing == 0 || faultSets.stream().anyMatch(faultSet -> (missing & ~faultSet) == 0);
    }

    /** Whether the set lies in no fault set: at least one of it is sound. */
    public boolean isKernel(long set) {
        return set != 0 && faultSets.stream().noneMatch(faultSet -> (set & ~faultSet) == 0);
    }

    /** Index of a component in this epoch, or -1. */
    public int indexOf(int ttcb, long epoch) {
        for (int k = 0; k < members.size(); k++) {
            if (members.get(k).ttcb() == ttcb && members.get(k).epoch() == epoch) {
                return k;
            }
        }
        return -1;
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[FIXED + members.size() * MEMBER_LENGTH + faultSets.size() * 8];
        BigEndian.u64(bytes, 0, number);
        BigEndian.u8(bytes, 8, dealer);
        BigEndian.u8(bytes, 9, members.size());
        int at = 10;
        for (Member member : members) {
            BigEndian.u16(bytes, at, member.ttcb());
            BigEndian.u64(bytes, at + 2, member.epoch());
            member.keys().copyTo(bytes, at + 10);
            at += MEMBER_LENGTH;
        }
        BigEndian.u8(bytes, at++, faultSets.size());
        for (long faultSet : faultSets) {
            BigEndian.u64(bytes, at, faultSet);
            at += 8;
        }
        return bytes;
    }

    /**
     * Reads the whole array.
     *
     * @throws MalformedCertificateException if it is not exactly one view
     */
    public static TrustedView of(byte[] bytes) {
        int members = bytes.length < FIXED ? 0 : BigEndian.u8(bytes, 9);
        int setsAt = 10 + members * MEMBER_LENGTH;
        if (members < 1
                || members > MEMBERS_MAX
                || bytes.length <= setsAt
                || bytes.length != setsAt + 1 + 8 * BigEndian.u8(bytes, setsAt)) {
            throw new MalformedCertificateException("no trusted view");
        }
        Member[] list = new Member[members];
        for (int k = 0; k < members; k++) {
            int at = 10 + k * MEMBER_LENGTH;
            list[k] = new Member(BigEndian.u16(bytes, at), BigEndian.u64(bytes, at + 2), EpochKeys.at(bytes, at + 10));
        }
        Long[] sets = new Long[BigEndian.u8(bytes, setsAt)];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = BigEndian.u64(bytes, setsAt + 1 + 8 * i);
        }
        return new TrustedView(
                BigEndian.u64(bytes, 0), BigEndian.u8(bytes, 8), Arrays.asList(list), Arrays.asList(sets));
    }

    /** SHA-256 of the bytes: what FENCEs of the members certify, and VIEW certificates state. */
    public Digest content() {
        try {
            return Digest.of(MessageDigest.getInstance("SHA-256").digest(toBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
