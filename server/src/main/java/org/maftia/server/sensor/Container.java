package org.maftia.server.sensor;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Forms of compression and archives that are not read, so that somebody who gives one is told what to do. */
enum Container {
    XZ("fd377a585a00", 0, "compressed by xz: 'xz -dc FILE | maftia detect mine -'"),
    ZSTANDARD("28b52ffd", 0, "compressed by zstd: 'zstd -dc FILE | maftia detect mine -'"),
    BZIP2("425a68", 0, "compressed by bzip2: 'bzip2 -dc FILE | maftia detect mine -'"),
    LZ4("04224d18", 0, "compressed by lz4: 'lz4 -dc FILE | maftia detect mine -'"),
    SEVEN_ZIP("377abcaf271c", 0, "an archive of 7-Zip: unpack it, and name the directory"),
    RAR("526172211a07", 0, "an archive of RAR: unpack it, and name the directory"),
    GZIP("1f8b", 0, "compressed by gzip twice: 'gzip -dc FILE | maftia detect mine -'"),
    ZIP("504b0304", 0, "an archive of zip that no file was made of: write it to a file, and name that"),
    TAR("7573746172", 257, "an archive of tar: unpack it, and name the directory"),
    EVENT_LOG("456c6646696c6500", 0, "an event log of Windows, which no sensor writes"),
    CAPTURE("d4c3b2a1", 0, "a capture of packets: let a sensor read it, as 'suricata -r FILE'"),
    CAPTURE_NEXT("0a0d0d0a", 0, "a capture of packets: let a sensor read it, as 'suricata -r FILE'");

    private final String magic;
    private final int place;
    private final String text;

    Container(String magic, int place, String text) {
        this.magic = magic;
        this.place = place;
        this.text = text;
    }

    /** The bytes by which it is known. */
    byte[] magic() {
        return HexFormat.of().parseHex(magic);
    }

    /** How many bytes stand before it. */
    int place() {
        return place;
    }

    /** What it is, and what to do. */
    String text() {
        return text;
    }

    /** The one that begins so. */
    static Optional<Container> of(byte[] head) {
        return Arrays.stream(values()).filter(each -> each.fits(head)).findFirst();
    }

    private boolean fits(byte[] head) {
        byte[] bytes = magic();
        int end = place + bytes.length;
        return head.length >= end && Arrays.equals(head, place, end, bytes, 0, bytes.length);
    }
}
