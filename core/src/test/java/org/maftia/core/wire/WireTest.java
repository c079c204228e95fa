package org.maftia.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.ReplicaSet;

class WireTest {
    /** One field of each kind. */
    private record Sample(
            int u8,
            boolean bool,
            int u16,
            long u32,
            long u64,
            Digest digest,
            byte[] opaque,
            String text,
            List<Long> list) {}

    private static final Codec<Sample> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Sample value) {
            writer.u8(value.u8)
                    .bool(value.bool)
                    .u16(value.u16)
                    .u32(value.u32)
                    .u64(value.u64)
                    .digest(value.digest)
                    .opaque8(value.opaque)
                    .string(value.text)
                    .list(value.list, (out, element) -> out.u64(element));
        }

        @Override
        public Sample read(Reader reader) {
            return new Sample(
                    reader.u8(),
                    reader.bool(),
                    reader.u16(),
                    reader.u32(),
                    reader.u64(),
                    reader.digest(),
                    reader.opaque8(40),
                    reader.string(40),
                    reader.list(10, 8, Reader::count));
        }
    };

    @Test
    void whatIsWrittenInPlaceIsWhatACopyWouldBe() {
        for (int length : new int[] {0, 1, 100, 5_000}) {
            byte[] content = new byte[length];
            Arrays.fill(content, (byte) 7);
            byte[] copied = new Writer(16).u8(1).opaque32(content).u8(2).toBytes();
            byte[] inPlace = new Writer(16)
                    .u8(1)
                    .nested32(writer -> writer.fixed(content))
                    .u8(2)
                    .toBytes();
            assertThat(inPlace).isEqualTo(copied);
        }
    }

    @Seeds(50)
    void whatIsWrittenIsReadAndNothingElse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] opaque = new byte[random.nextInt(40)];
        random.nextBytes(opaque);
        Sample sample = new Sample(
                random.nextInt(256),
                random.nextBoolean(),
                random.nextInt(1 << 16),
                random.nextLong(1L << 32),
                random.nextLong(),
                new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()),
                opaque,
                "zürich €𝄞".substring(0, random.nextInt(8)),
                random.longs(random.nextInt(10), 0, Long.MAX_VALUE).boxed().toList());
        Sample read = CODEC.decode(CODEC.encode(sample));
        assertThat(read).usingRecursiveComparison().isEqualTo(sample);
        CodecCheck.check(CODEC, List.of(sample));
    }

    @Attack("hostile bytes")
    @Seeds(200)
    void randomBytesAreRefusedOrCanonical(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[random.nextInt(100)];
        random.nextBytes(bytes);
        CodecCheck.accepts(CODEC, bytes);
        CodecCheck.accepts(Certificate.CODEC, bytes);
    }

    @Test
    void certificatesAreCanonical() {
        CodecCheck.check(
                Certificate.CODEC,
                List.of(
                        new Certificate(ReplicaSet.EMPTY, List.of()),
                        new Certificate(ReplicaSet.of(1, 63), List.of(new byte[64], new byte[] {1}))));
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void aLengthIsCheckedBeforeAnythingIsAllocated() {
        byte[] huge = new Writer().u32(0xffff_ffffL).toBytes();
        assertThatThrownBy(() -> new Reader(huge).opaque32(Integer.MAX_VALUE)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Reader(huge).list(Integer.MAX_VALUE, 1, Reader::u8))
                .isInstanceOf(MalformedException.class);
        byte[] many = new Writer().u32(1 << 30).toBytes();
        assertThatThrownBy(() -> new Reader(many).opaque32(Integer.MAX_VALUE)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Reader(many).list(Integer.MAX_VALUE, 8, Reader::u64))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void valuesOutOfTheirDeclaredRangeAreRefused() {
        assertThatThrownBy(() -> new Reader(new byte[] {2}).bool()).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Reader(new byte[] {4}).replica(4)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Reader(new Writer().u64(-1).toBytes()).count())
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Reader(new Writer().opaque8(new byte[5]).toBytes()).opaque8(4))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Reader(new byte[] {0, 2, (byte) 0xc0, (byte) 0x80}).string(9))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new Writer().u8(256)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Writer().u16(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Writer().u32(1L << 32)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReaderStaysWithinItsRange() {
        Reader reader = new Reader(new byte[] {1, 2, 3, 4}, 1, 2);
        assertThat(reader.u16()).isEqualTo(0x0203);
        assertThatThrownBy(reader::u8).isInstanceOf(MalformedException.class);
        reader.end();
        assertThatThrownBy(() -> new Reader(new byte[4], 3, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Seeds(100)
    void digestsAreOrderedAsTheirBytesAre(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Digest one = new Digest(random.nextLong(2) - 1, random.nextLong(), random.nextLong(), random.nextLong());
        Digest two = new Digest(random.nextLong(2) - 1, random.nextLong(), random.nextLong(), random.nextLong());
        int byBytes = Arrays.compareUnsigned(one.toBytes(), two.toBytes());
        assertThat(Integer.signum(one.compareTo(two))).isEqualTo(Integer.signum(byBytes));
        assertThat(Digest.of(one.toBytes())).isEqualTo(one);
    }

    /** The ways around a copy do what the plain ways do, and refuse what they refuse. */
    @Test
    void whatIsPassedOnWithoutACopyIsTheSame() {
        byte[] frame = new Writer().string("name").opaque32(new byte[40]).u8(7).toBytes();
        Reader reader = new Reader(frame);
        assertThat(reader.string(4)).isEqualTo("name");
        reader.passOpaque32(40);
        assertThat(reader.u8()).isEqualTo(7);
        reader.end();
        Reader strict = new Reader(frame);
        strict.string(4);
        assertThatThrownBy(() -> strict.passOpaque32(39)).isInstanceOf(MalformedException.class);

        Reader rest = new Reader(frame);
        rest.string(4);
        byte[] moved = rest.drainTo(new Writer(rest.remaining())).finish();
        assertThat(moved).isEqualTo(Arrays.copyOfRange(frame, 6, frame.length));
        assertThat(rest.remaining()).isZero();

        Writer again = new Writer(16);
        assertThat(again.u64(1).finish()).hasSize(8);
        byte[] full = again.u64(2).u64(3).finish();
        assertThat(again.u64(4).restart().u8(9).toBytes()).containsExactly(9);
        assertThat(new Reader(full).u64()).isEqualTo(2);
    }
}
