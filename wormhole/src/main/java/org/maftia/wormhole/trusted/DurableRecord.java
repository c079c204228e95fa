package org.maftia.wormhole.trusted;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.BigEndian;

/**
 * The durable record on a disk. The intent is the counter: both are one slot, written and forced before a tag exists,
 * so after a crash the last slot is either the intent or the one before it, never a mixture.
 *
 * <p>Every place has two slots of 256 bytes, used in turn: a torn write destroys the older one only.
 *
 * <pre>slot  crc32c u32 | sequence u64 | protocol u32 | place u8 | length u16 | statement</pre>
 */
public final class DurableRecord implements CounterRecord {
    private static final int SLOT_LENGTH = 256;
    private static final int STATEMENT = 19;

    private final Disk disk;
    private final CRC32C crc = new CRC32C();
    private final byte[] slot = new byte[SLOT_LENGTH];

    /** By protocol and place: sequence, number of the newest slot, of the other one, and the statement. */
    private final Map<Long, Place> places = new TreeMap<>();

    private long sequence;
    private long slots;

    private static final class Place {
        private long sequence;
        private long newest = -1;
        private long other = -1;
        private byte[] statement = new byte[0];
    }

    /**
     * Reads what is there. A slot whose check does not hold was torn by a crash, and its place has another one.
     */
    public DurableRecord(Disk disk) {
        this.disk = disk;
        this.slots = (disk.length() + SLOT_LENGTH - 1) / SLOT_LENGTH;
        for (long number = 0; number < slots; number++) {
            Arrays.fill(slot, (byte) 0);
            disk.read(number * SLOT_LENGTH, slot);
            if (isSound()) {
                long held = BigEndian.u64(slot, 4);
                Place place = place(BigEndian.u32(slot, 12), BigEndian.u8(slot, 16));
                if (held > place.sequence) {
                    place.sequence = held;
                    place.other = place.newest;
                    place.newest = number;
                    place.statement = Arrays.copyOfRange(slot, STATEMENT, STATEMENT + BigEndian.u16(slot, 17));
                } else {
                    place.other = number;
                }
                sequence = Math.max(sequence, held);
            }
        }
    }

    private boolean isSound() {
        crc.reset();
        crc.update(slot, 4, SLOT_LENGTH - 4);
        return (int) crc.getValue() == BigEndian.u32(slot, 0)
                && BigEndian.u64(slot, 4) > 0
                && BigEndian.u16(slot, 17) <= SLOT_LENGTH - STATEMENT;
    }

    private static long key(int protocol, int place) {
        return Integer.toUnsignedLong(protocol) * PLACES + place;
    }

    private Place place(int protocol, int place) {
        return places.computeIfAbsent(key(protocol, place), unused -> new Place());
    }

    @Override
    public void intend(int protocol, int place, byte[] statement, int length) {
        Place at = place(protocol, place);
        long number = at.other >= 0 ? at.other : slots++;
        Arrays.fill(slot, (byte) 0);
        BigEndian.u64(slot, 4, ++sequence);
        BigEndian.u32(slot, 12, protocol);
        BigEndian.u8(slot, 16, place);
        BigEndian.u16(slot, 17, length);
        System.arraycopy(statement, 0, slot, STATEMENT, length);
        crc.reset();
        crc.update(slot, 4, SLOT_LENGTH - 4);
        BigEndian.u32(slot, 0, (int) crc.getValue());
        disk.write(number * SLOT_LENGTH, slot);
        disk.force();
        at.other = at.newest;
        at.newest = number;
        at.sequence = sequence;
        at.statement = Arrays.copyOf(statement, length);
    }

    @Override
    public void increment(int protocol, int lane, long counter) {
        // Nothing is left to do: the slot that holds the intent holds the counter.
    }

    @Override
    public byte @Nullable [] intended(int protocol, int place) {
        Place at = places.get(key(protocol, place));
        return at == null ? null : at.statement.clone();
    }

    @Override
    public long incremented(int protocol, int lane) {
        return 0; // no device that could be ahead of the intents
    }
}
