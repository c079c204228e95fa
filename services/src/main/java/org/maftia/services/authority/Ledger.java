package org.maftia.services.authority;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.pki.CertificateForm;
import org.maftia.services.x509.SubjectKey;

/** What was issued and what was revoked, with the lists that say so. */
final class Ledger {
    /** Certificates that have not ended, for which orders are opened: 140 bytes each. */
    static final int ISSUED_MAX = 131_072;

    /** All: each order that was open when the last of those was issued may still come to its certificate. */
    private static final int KEPT_MAX = ISSUED_MAX + Orders.ORDERS_MAX;

    /** Certificates that can be fetched again: those issued last. */
    static final int BODIES_MAX = 4_096;

    /** Keys that somebody is known to have stolen. */
    static final int COMPROMISED_MAX = 65_536;

    /** Revocation lists; a serial begins with its list's number. */
    static final int SHARDS = 127;

    /** Lists that are signed at the same time. */
    private static final int SIGNING_MAX = 8;

    private static final int BODY_LENGTH_MAX = 64 << 10;

    /** Clients whose clocks lag see a revocation for so long after the certificate's end. */
    private static final long KEPT_SECONDS = 86_400;

    private final SortedMap<String, Issued> issued = new TreeMap<>();
    private final SortedMap<Long, byte[]> bodies = new TreeMap<>();
    private final SortedSet<Digest> compromised = new TreeSet<>();
    private final SortedMap<Integer, Shard> shards = new TreeMap<>();
    private long next = 1;

    static Digest name(SubjectKey key) {
        return name(key.encoded());
    }

    private static Digest name(byte[] key) {
        return Transcript.of("authority key").field(key).digest();
    }

    boolean hasRoom(long nowMicros) {
        if (issued.size() >= ISSUED_MAX) {
            long seconds = nowMicros / Agreed.SECOND_MICROS - KEPT_SECONDS;
            issued.values().removeIf(one -> one.toSeconds < seconds);
        }
        return issued.size() < ISSUED_MAX;
    }

    boolean has(byte[] serial) {
        return issued.containsKey(HexFormat.of().formatHex(serial));
    }

    @Nullable
    Issued of(String name) {
        return issued.get(name);
    }

    @Nullable
    Issued of(byte[] serial) {
        return issued.get(HexFormat.of().formatHex(serial));
    }

    byte @Nullable [] body(Issued one) {
        return bodies.get(one.sequence);
    }

    /** The certificates issued last, the newest first. */
    List<Issued> newest(int count) {
        SortedMap<Long, Issued> bySequence = new TreeMap<>();
        for (Issued one : issued.values()) {
            bySequence.put(-one.sequence, one);
            if (bySequence.size() > count) {
                bySequence.remove(bySequence.lastKey());
            }
        }
        return new ArrayList<>(bySequence.values());
    }

    void add(Order order, byte[] certificate, long nowMicros) {
        Issued one = new Issued(
                order.serial,
                order.account,
                next++,
                order.fromSeconds,
                order.toSeconds,
                Transcript.sha256(certificate),
                name(order.key));
        issued.put(one.name(), one);
        bodies.put(one.sequence, certificate);
        if (bodies.size() > BODIES_MAX) {
            bodies.remove(bodies.firstKey());
        }
        shards.computeIfAbsent(one.shard(), key -> new Shard(nowMicros));
    }

    boolean isCompromised(SubjectKey key) {
        return compromised.contains(name(key));
    }

    /** Revokes a certificate that is not yet; its list follows within seconds, at once where the key is stolen. */
    void revoke(Issued one, int reason, long nowMicros) {
        one.revokedSeconds = nowMicros / Agreed.SECOND_MICROS;
        one.reason = reason;
        boolean stolen = reason == Issued.KEY_COMPROMISE;
        if (stolen && compromised.size() < COMPROMISED_MAX) {
            compromised.add(one.key);
        }
        Shard shard = shards.computeIfAbsent(one.shard(), key -> new Shard(nowMicros));
        shard.dueMicros = Math.min(shard.dueMicros, nowMicros + (stolen ? 0 : Shard.GATHER_MICROS));
    }

    @Nullable
    Shard shard(int number) {
        return shards.get(number);
    }

    /** When the next list is due. */
    long dueMicros() {
        long due = Long.MAX_VALUE;
        int signing = 0;
        for (Shard shard : shards.values()) {
            signing += shard.signing ? 1 : 0;
            due = shard.signing ? due : Math.min(due, shard.dueMicros);
        }
        return signing >= SIGNING_MAX ? Long.MAX_VALUE : due;
    }

    /** The lists that are to be signed now. */
    List<Integer> due(long nowMicros) {
        long signing = shards.values().stream().filter(shard -> shard.signing).count();
        List<Integer> due = new ArrayList<>();
        shards.forEach((number, shard) -> {
            if (!shard.signing && shard.dueMicros <= nowMicros && signing + due.size() < SIGNING_MAX) {
                due.add(number);
            }
        });
        return due;
    }

    /** What a list states now. */
    List<CertificateForm.Revoked> revoked(int shard, long nowMicros) {
        long ended = nowMicros / Agreed.SECOND_MICROS - KEPT_SECONDS;
        List<CertificateForm.Revoked> lines = new ArrayList<>();
        String from = HexFormat.of().toHexDigits((byte) shard);
        String to = HexFormat.of().toHexDigits((byte) (shard + 1));
        for (Issued one : issued.subMap(from, to).values()) {
            if (one.isRevoked() && one.toSeconds >= ended) {
                lines.add(new CertificateForm.Revoked(one.serial, one.revokedSeconds, one.reason));
            }
        }
        return lines;
    }

    void write(Writer writer) {
        writer.u64(next).u32(issued.size());
        issued.values().forEach(one -> one.write(writer));
        writer.u32(bodies.size());
        bodies.forEach((sequence, body) -> writer.u64(sequence).opaque32(body));
        writer.u32(compromised.size());
        compromised.forEach(writer::digest);
        writer.u32(shards.size());
        shards.forEach((number, shard) -> shard.write(writer.u8(number)));
    }

    void read(Reader reader) {
        issued.clear();
        bodies.clear();
        compromised.clear();
        shards.clear();
        next = reader.count();
        for (long count = Agreed.bounded(reader.u32(), KEPT_MAX); count > 0; count--) {
            Issued one = Issued.read(reader);
            issued.put(one.name(), one);
        }
        for (long count = Agreed.bounded(reader.u32(), BODIES_MAX); count > 0; count--) {
            bodies.put(reader.count(), reader.opaque32(BODY_LENGTH_MAX));
        }
        for (long count = Agreed.bounded(reader.u32(), COMPROMISED_MAX); count > 0; count--) {
            compromised.add(reader.digest());
        }
        for (long count = Agreed.bounded(reader.u32(), SHARDS); count > 0; count--) {
            shards.put(reader.u8(), Shard.read(reader));
        }
    }
}
