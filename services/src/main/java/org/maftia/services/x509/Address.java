package org.maftia.services.x509;

import java.util.regex.Pattern;
import org.maftia.core.wire.MalformedException;

/** Addresses of the Internet as text and bytes, without asking the platform. */
public final class Address {
    private static final int GROUPS = 8;

    /** No leading zeros: some take them for octal. */
    private static final Pattern PART = Pattern.compile("0|[1-9][0-9]{0,2}");

    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

    private Address() {}

    /**
     * The one form in which an address is kept: RFC 5952 for version 6.
     *
     * @throws MalformedException when it is none
     */
    public static String canonical(String text) {
        return text(bytes(text));
    }

    /** Four or sixteen bytes. */
    public static byte[] bytes(String text) {
        if (text.length() > 45) {
            throw new MalformedException("no address");
        }
        return text.indexOf(':') >= 0 ? six(text) : four(text);
    }

    private static byte[] four(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        if (parts.length != bytes.length) {
            throw new MalformedException("no address");
        }
        for (int i = 0; i < bytes.length; i++) {
            if (!PART.matcher(parts[i]).matches() || Integer.parseInt(parts[i]) > 255) {
                throw new MalformedException("no address");
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }

    private static byte[] six(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            throw new MalformedException("no address");
        }
        int[] head = groups(gap < 0 ? text : text.substring(0, gap));
        int[] tail = gap < 0 ? new int[0] : groups(text.substring(gap + 2));
        int given = head.length + tail.length;
        if (gap < 0 ? given != GROUPS : given >= GROUPS) {
            throw new MalformedException("no address");
        }
        byte[] bytes = new byte[2 * GROUPS];
        put(bytes, 0, head);
        put(bytes, GROUPS - tail.length, tail);
        return bytes;
    }

    private static void put(byte[] bytes, int at, int[] groups) {
        for (int i = 0; i < groups.length; i++) {
            bytes[2 * (at + i)] = (byte) (groups[i] >> 8);
            bytes[2 * (at + i) + 1] = (byte) groups[i];
        }
    }

    private static int[] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        if (parts.length > GROUPS) {
            throw new MalformedException("no address");
        }
        int[] groups = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (!GROUP.matcher(parts[i]).matches()) {
                throw new MalformedException("no address");
            }
            groups[i] = Integer.parseInt(parts[i], 16);
        }
        return groups;
    }

    /** Of four or sixteen bytes. */
    public static String text(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        if (bytes.length == 4) {
            for (byte part : bytes) {
                text.append(text.isEmpty() ? "" : ".").append(part & 0xff);
            }
            return text.toString();
        }
        if (bytes.length != 2 * GROUPS) {
            throw new MalformedException("an address has 4 or 16 bytes");
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int from = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                from = i;
                length = end - i;
            }
        }
        boolean shortened = length >= 2;
        for (int i = 0; i < GROUPS; i++) {
            if (shortened && i == from) {
                text.append("::");
                i += length - 1;
                continue;
            }
            boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
            text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
