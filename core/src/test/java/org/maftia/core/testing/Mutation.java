package org.maftia.core.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;

/**
 * Alters what a client would send, knowing how it is written: fields behind their length, base64url, JSON, DER and CBOR inside of one
 * another are opened, altered and closed again, so that the change is found by who looks at what it means and not already by who looks at
 * its frame. The same seed makes the same changes.
 */
public final class Mutation {
    private static final int DEPTH_MAX = 6;
    private static final int TEXT_LENGTH_MIN = 8;
    private static final byte[] DIGITS = "0123456789-".getBytes(StandardCharsets.US_ASCII);

    /** Written in JSON as they stand. */
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1e400",
            "1.5",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999999999999999999999999999",
            "\"\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\\ud83d\\ude00\"",
            "\"a\\nb\"",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "{\"\":{}}",
            "\"AA\"",
            "\"====\"",
            "\"" + "A".repeat(2_000) + "\"",
            "[".repeat(2_000),
            "{\"a\":".repeat(500) + "1" + "}".repeat(500));

    private static final List<BigInteger> NUMBERS = List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.ONE.negate(),
            BigInteger.TWO,
            BigInteger.ONE.shiftLeft(31),
            BigInteger.ONE.shiftLeft(63),
            BigInteger.ONE.shiftLeft(64).negate(),
            BigInteger.ONE.shiftLeft(160),
            BigInteger.ONE.shiftLeft(512),
            BigInteger.ONE.shiftLeft(2_048).subtract(BigInteger.ONE),
            BigInteger.ONE.shiftLeft(2_047),
            BigInteger.ONE.shiftLeft(9_000).add(BigInteger.ONE));

    private final SplittableRandom random;

    public Mutation(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** One of the list. */
    public <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    public boolean coin() {
        return random.nextBoolean();
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** The bytes with one change somewhere, or a few. */
    public byte[] of(byte[] good) {
        byte[] bad = good;
        for (int i = random.nextInt(6) == 0 ? 3 : 1; i > 0; i--) {
            bad = changed(bad, 0);
        }
        return bad;
    }

    private byte[] changed(byte[] bytes, int depth) {
        if (depth < DEPTH_MAX && random.nextInt(8) != 0) {
            Optional<byte[]> inside = switch (random.nextInt(4)) {
                case 0 -> field(bytes, depth);
                case 1 -> base64(bytes, depth);
                case 2 -> json(bytes);
                default -> der(bytes, depth);
            };
            if (inside.isPresent()) {
                return inside.get();
            }
        }
        return plain(bytes);
    }

    private byte[] plain(byte[] bytes) {
        int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> flipped(bytes, at);
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> replaced(bytes, at, at, random(1 + random.nextInt(40)));
            case 5 -> replaced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(40)), new byte[0]);
            case 6 -> set(bytes, at, 1 << random.nextInt(4), random.nextInt(6));
            case 7 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 64)));
            case 8 -> new byte[random.nextInt(3)];
            case 9 -> replaced(bytes, at, at, new byte[] {(byte) 0xc0, (byte) 0x80, (byte) 0xff});
            case 10 -> replaced(bytes, at, at, nested());
            default -> replaced(bytes, at, Math.min(bytes.length, at + 2), new byte[] {any(DIGITS), any(DIGITS)});
        };
    }

    private byte any(byte[] bytes) {
        return bytes[random.nextInt(bytes.length)];
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] flipped(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
            flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    /** A number of some bytes at its limits. */
    private static byte[] set(byte[] bytes, int at, int length, int kind) {
        byte[] set = bytes.clone();
        for (int i = 0; i < length && at + i < set.length; i++) {
            boolean first = i == 0;
            boolean last = i == length - 1;
            set[at + i] = (byte)
                    switch (kind) {
                        case 0 -> 0;
                        case 1 -> 0xff;
                        case 2 -> first ? 0x7f : 0xff;
                        case 3 -> first ? 0x80 : 0;
                        case 4 -> last ? 1 : 0;
                        default -> last ? set[at + i] + 1 : set[at + i];
                    };
        }
        return set;
    }

    private static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
        byte[] out = new byte[from + by.length + bytes.length - to];
        System.arraycopy(bytes, 0, out, 0, from);
        System.arraycopy(by, 0, out, from, by.length);
        System.arraycopy(bytes, to, out, from + by.length, bytes.length - to);
        return out;
    }

    /** So deep that who descends without counting does not come back. */
    private byte[] nested() {
        int depth = 1 + random.nextInt(4_000);
        return switch (random.nextInt(4)) {
            case 0 -> "[".repeat(depth).getBytes(StandardCharsets.US_ASCII);
            case 1 -> "{\"a\":".repeat(depth).getBytes(StandardCharsets.US_ASCII);
            case 2 -> repeated(depth, 0x30, 0x80);
            default -> repeated(depth, 0x81);
        };
    }

    private static byte[] repeated(int times, int... unit) {
        byte[] out = new byte[times * unit.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) unit[i % unit.length];
        }
        return out;
    }

    /** A field behind its length in one, two or four bytes, altered, with a length that fits. */
    private Optional<byte[]> field(byte[] bytes, int depth) {
        for (int tries = 0; tries < 60 && bytes.length > 4; tries++) {
            int width = 1 << random.nextInt(3);
            int at = random.nextInt(bytes.length);
            if (at + width >= bytes.length) {
                continue;
            }
            long length = 0;
            for (int i = 0; i < width; i++) {
                length = length << 8 | bytes[at + i] & 0xff;
            }
            int from = at + width;
            if (length < 2 || length > bytes.length - from) {
                continue;
            }
            byte[] content = Arrays.copyOfRange(bytes, from, from + (int) length);
            byte[] other = random.nextInt(6) == 0 ? new byte[0] : changed(content, depth + 1);
            byte[] prefix = new byte[width];
            for (int i = 0; i < width; i++) {
                prefix[i] = (byte) (other.length >>> 8 * (width - 1 - i));
            }
            return Optional.of(replaced(replaced(bytes, from, from + (int) length, other), at, from, prefix));
        }
        return Optional.empty();
    }

    private static boolean isBase64(byte one) {
        return one >= 'A' && one <= 'Z'
                || one >= 'a' && one <= 'z'
                || one >= '0' && one <= '9'
                || one == '-'
                || one == '_';
    }

    /** A run of letters that is base64url of something, with something else in it. */
    private Optional<byte[]> base64(byte[] bytes, int depth) {
        if (bytes.length < TEXT_LENGTH_MIN) {
            return Optional.empty();
        }
        for (int tries = 0; tries < 20; tries++) {
            int from = random.nextInt(bytes.length);
            int to = from;
            while (from > 0 && isBase64(bytes[from - 1])) {
                from--;
            }
            while (to < bytes.length && isBase64(bytes[to])) {
                to++;
            }
            if (to - from < TEXT_LENGTH_MIN || (to - from) % 4 == 1) {
                continue;
            }
            byte[] content = Base64.getUrlDecoder().decode(Arrays.copyOfRange(bytes, from, to));
            byte[] other = Base64.getUrlEncoder().withoutPadding().encode(changed(content, depth + 1));
            return Optional.of(replaced(bytes, from, to, other));
        }
        return Optional.empty();
    }

    /** A member of an object in text, with another value, twice, or not there. */
    private Optional<byte[]> json(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int brace = text.indexOf("{\"");
        if (brace < 0) {
            return Optional.empty();
        }
        List<Integer> colons = new ArrayList<>();
        for (int at = text.indexOf("\":", brace); at >= 0; at = text.indexOf("\":", at + 1)) {
            colons.add(at);
        }
        if (colons.isEmpty()) {
            return Optional.empty();
        }
        int colon = any(colons);
        int from = colon + 2;
        int to = end(text, from);
        int name = text.lastIndexOf('"', colon - 1);
        String other = any(VALUES);
        String changed = switch (random.nextInt(5)) {
            case 0 -> text.substring(0, to) + "," + text.substring(Math.max(0, name), to) + text.substring(to);
            case 1 ->
                text.substring(0, Math.max(0, name))
                        + text.substring(to < text.length() && text.charAt(to) == ',' ? to + 1 : to);
            default -> text.substring(0, from) + other + text.substring(to);
        };
        return Optional.of(changed.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Where the value that begins here ends. */
    private static int end(String text, int from) {
        int depth = 0;
        boolean quoted = false;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quoted) {
                at += c == '\\' ? 1 : 0;
                quoted = c != '"';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                if (depth == 0) {
                    return at;
                }
                depth--;
            } else if (c == ',' && depth == 0) {
                return at;
            }
        }
        return text.length();
    }

    /** A value of DER that lies somewhere in the bytes, with another node in its tree. */
    private Optional<byte[]> der(byte[] bytes, int depth) {
        for (int at = 0; at < Math.min(bytes.length, 32); at++) {
            if (bytes[at] != 0x30) {
                continue;
            }
            try {
                byte[] rest = Arrays.copyOfRange(bytes, at, bytes.length);
                ASN1Primitive tree = ASN1Primitive.fromByteArray(rest);
                byte[] other = changed(tree, depth).toASN1Primitive().getEncoded(ASN1Encoding.DER);
                return Optional.of(replaced(bytes, at, bytes.length, other));
            } catch (IOException | RuntimeException e) {
                continue; // something else begins with this byte
            }
        }
        return Optional.empty();
    }

    private ASN1Encodable changed(ASN1Encodable node, int depth) throws IOException {
        ASN1Primitive value = node.toASN1Primitive();
        boolean here = random.nextInt(5) == 0;
        if (!here && value instanceof ASN1TaggedObject tagged) {
            return new DERTaggedObject(tagged.isExplicit(), tagged.getTagNo(), changed(tagged.getBaseObject(), depth));
        }
        boolean isSet = value instanceof ASN1Set;
        if (value instanceof ASN1Sequence || isSet) {
            ASN1Encodable[] elements =
                    value instanceof ASN1Sequence sequence ? sequence.toArray() : ((ASN1Set) value).toArray();
            return collection(isSet, elements, here, depth);
        }
        return leaf(value, here, depth);
    }

    private ASN1Encodable collection(boolean isSet, ASN1Encodable[] elements, boolean here, int depth)
            throws IOException {
        List<ASN1Encodable> list = new ArrayList<>(List.of(elements));
        int at = list.isEmpty() ? 0 : random.nextInt(list.size());
        if (list.isEmpty()) {
            list.add(strange());
        } else if (!here) {
            list.set(at, changed(list.get(at), depth));
        } else {
            switch (random.nextInt(5)) {
                case 0 -> list.remove(at);
                case 1 -> list.clear();
                case 2 -> list.add(at, list.get(at));
                case 3 -> list.add(at, strange());
                default -> {
                    for (int i = 0; i < 300; i++) {
                        list.add(list.get(at));
                    }
                }
            }
        }
        ASN1EncodableVector vector = new ASN1EncodableVector();
        list.forEach(vector::add);
        return isSet ? new DERSet(vector) : new DERSequence(vector);
    }

    private ASN1Encodable leaf(ASN1Primitive value, boolean here, int depth) throws IOException {
        if (here) {
            return strange();
        }
        return switch (value) {
            case ASN1Integer number ->
                new ASN1Integer(coin() ? any(NUMBERS) : number.getValue().add(any(NUMBERS)));
            case DEROctetString octets -> new DEROctetString(changed(octets.getOctets(), depth + 1));
            case DERBitString bits ->
                new DERBitString(changed(bits.getBytes(), depth + 1), random.nextInt(8) == 0 ? 7 : 0);
            default -> {
                byte[] encoded = value.getEncoded(ASN1Encoding.DER);
                yield ASN1Primitive.fromByteArray(flipped(encoded, random.nextInt(encoded.length)));
            }
        };
    }

    private ASN1Encodable strange() {
        return switch (random.nextInt(7)) {
            case 0 -> DERNull.INSTANCE;
            case 1 -> new DERSequence();
            case 2 -> new DERSet();
            case 3 -> new ASN1Integer(any(NUMBERS));
            case 4 -> new DERUTF8String(any(List.of("", "\u0000", "a.b\u00e4", "*", "x".repeat(300), "1.2.3.4")));
            case 5 -> new DEROctetString(random(random.nextInt(64)));
            default -> {
                ASN1Encodable deep = new DERSequence();
                for (int i = random.nextInt(200); i > 0; i--) {
                    deep = new DERSequence(deep);
                }
                yield deep;
            }
        };
    }
}
