package org.maftia.services.openid.webauthn;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.MalformedException;

/**
 * One item of CBOR in the form that authenticators must write: definite lengths, shortest numbers, no key twice, little
 * nesting. What such an item may not hold, such as tags and floating point, is refused.
 *
 * <p>Source: RFC 8949; CTAP 2.1, section 8.
 */
sealed interface Cbor {
    /** Maps in maps: an attestation holds a statement, which holds a list. */
    int DEPTH_MAX = 4;

    record Number(long value) implements Cbor {}

    record Bytes(byte[] value) implements Cbor {}

    record Text(String value) implements Cbor {}

    record Items(List<Cbor> value) implements Cbor {}

    /** True, false or null. */
    record Simple(int value) implements Cbor {}

    /** Keys are texts or numbers. */
    record Entries(List<Entry> value) implements Cbor {
        Optional<Cbor> find(Cbor key) {
            return value.stream()
                    .filter(entry -> entry.key.equals(key))
                    .map(Entry::value)
                    .findFirst();
        }

        long number(long key) {
            return find(new Number(key))
                    .filter(Number.class::isInstance)
                    .map(found -> ((Number) found).value)
                    .orElseThrow(() -> new MalformedException("the key lacks the number " + key));
        }

        byte[] bytes(long key) {
            return bytes(new Number(key), "the key lacks the bytes " + key);
        }

        byte[] bytes(Cbor key, String complaint) {
            return find(key)
                    .filter(Bytes.class::isInstance)
                    .map(found -> ((Bytes) found).value)
                    .orElseThrow(() -> new MalformedException(complaint));
        }
    }

    record Entry(Cbor key, Cbor value) {}

    /** An item, and where the bytes behind it begin. */
    record Found(Cbor item, int end) {}

    /** @throws MalformedException when no item begins there */
    static Found at(byte[] bytes, int offset) {
        CborScan scan = new CborScan(bytes, offset);
        Cbor item = scan.item(0);
        return new Found(item, scan.position());
    }

    /** @throws MalformedException when the bytes are no map, or more than one */
    static Entries map(byte[] bytes) {
        Found found = at(bytes, 0);
        if (found.end != bytes.length || !(found.item instanceof Entries entries)) {
            throw new MalformedException("the bytes are no one map of CBOR");
        }
        return entries;
    }

    /** Reads from left to right. */
    final class CborScan {
        private final byte[] bytes;
        private int position;

        CborScan(byte[] bytes, int position) {
            this.bytes = bytes;
            this.position = position;
        }

        int position() {
            return position;
        }

        Cbor item(int depth) {
            if (depth > DEPTH_MAX) {
                throw new MalformedException("CBOR is nested too deeply");
            }
            int first = next();
            int extra = first & 0x1f;
            return switch (first >> 5) {
                case 0 -> new Number(argument(extra));
                case 1 -> new Number(-1 - argument(extra));
                case 2 -> new Bytes(take(extra));
                case 3 -> new Text(text(take(extra)));
                case 4 -> items(argument(extra), depth);
                case 5 -> entries(argument(extra), depth);
                case 7 -> simple(extra);
                default -> throw new MalformedException("CBOR has a tag");
            };
        }

        private int next() {
            if (position >= bytes.length) {
                throw new MalformedException("CBOR breaks off");
            }
            return bytes[position++] & 0xff;
        }

        /** Numbers that fit fewer bytes must have them. */
        private long argument(int extra) {
            if (extra < 24) {
                return extra;
            }
            if (extra > 27) {
                throw new MalformedException("CBOR has no definite length");
            }
            int length = 1 << (extra - 24);
            long value = 0;
            for (int i = 0; i < length; i++) {
                value = value << 8 | next();
            }
            long shorter = length == 1 ? 24 : 1L << 4 * length;
            if (value < shorter) { // also numbers from 2^63 on, which nobody needs
                throw new MalformedException("CBOR has a number in too many bytes");
            }
            return value;
        }

        private byte[] take(int extra) {
            long length = argument(extra);
            if (length > bytes.length - position) {
                throw new MalformedException("CBOR breaks off");
            }
            byte[] taken = Arrays.copyOfRange(bytes, position, position + (int) length);
            position += (int) length;
            return taken;
        }

        private static String text(byte[] taken) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(taken))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new MalformedException("CBOR has a text that is no UTF-8");
            }
        }

        private Items items(long count, int depth) {
            requireRoom(count);
            List<Cbor> items = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                items.add(item(depth + 1));
            }
            return new Items(List.copyOf(items));
        }

        private Entries entries(long count, int depth) {
            requireRoom(count);
            List<Entry> entries = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                Cbor key = item(depth + 1);
                boolean plain = key instanceof Number || key instanceof Text;
                if (!plain || entries.stream().anyMatch(entry -> entry.key.equals(key))) {
                    throw new MalformedException("CBOR has a key twice, or one that is no text and no number");
                }
                entries.add(new Entry(key, item(depth + 1)));
            }
            return new Entries(List.copyOf(entries));
        }

        /** Maps are searched key by key, so they must be small, too. */
        private void requireRoom(long count) {
            if (count > Math.min(64, bytes.length - position)) {
                throw new MalformedException("CBOR breaks off, or has more members than anybody needs");
            }
        }

        private static Simple simple(int extra) {
            if (extra < 20 || extra > 22) {
                throw new MalformedException("CBOR has a number with a point");
            }
            return new Simple(extra);
        }
    }
}
