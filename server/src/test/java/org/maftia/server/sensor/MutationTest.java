package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;

/** Records of each format, damaged by seed: whatever the bytes, the reader ends, throws nothing, and counts. */
class MutationTest {
    private static final int RECORDS = 6;
    private static final int ROUNDS = 40;
    private static final int LOG_LENGTH_MAX = 60_000;

    private static final List<String> LOGS = List.of(
            "eve/suricata-verify.eve-alerts.json.gz",
            "eve/suricata-verify.fast.log.gz",
            "eve/test6-malicious.suricata.json.gz",
            "eve/wrccdc-2018.alerts-only.json.gz",
            "cptc-2017/NationalTeam2.json.gz",
            "zeek/notice.json.gz",
            "zeek/weird.json.gz",
            "wazuh/ossec_insect.json.gz",
            "idmef",
            "host-logs/OpenSSH_2k.log.gz",
            "ait-ads/train-networks.zip");

    /** Bytes that mean something to one of the parsers. */
    private static final String MEANINGFUL = "{}[]\"\\:,<>/=&;!?- \n\r\t.0123456789eE+\u0000";

    private static final List<String> FRAGMENTS = List.of(
            "{\"a\":",
            "[[[[",
            "\"",
            "\\u0000",
            "\\ud800",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>",
            "&b;",
            "<![CDATA[",
            "]]>",
            "<!--",
            "<?xml version=\"1.0\"?>",
            "</IDMEF-Message>",
            " [**] ",
            "1e999999999",
            "-1",
            "99999999999999999999999999",
            "%",
            "[::",
            "rhost=",
            " port ",
            " from ",
            "\ufeff",
            "null",
            "true");

    @Attack("hostile records of a sensor")
    @Seeds(60)
    void mutatedRecordsNeverThrow(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String sample = Samples.ALL.get(random.nextInt(Samples.ALL.size()));
            byte[] bytes = sample.repeat(RECORDS).getBytes(StandardCharsets.UTF_8);
            int mutations = 1 + random.nextInt(8);
            for (int i = 0; i < mutations; i++) {
                bytes = mutate(bytes, random);
            }
            Reading reading = Reading.of("mutated", bytes);
            assertThat(reading.tally().alarms()).isEqualTo(reading.alarms().size());
            assertThat(reading.tally().records()).isLessThanOrEqualTo(bytes.length);
            assertThat(reading.tally().bytes()).isLessThanOrEqualTo(bytes.length);
        }
    }

    /**
     * The same with beginnings of real logs. The bound on all files together keeps this to some seconds; whoever has more
     * time raises the seeds.
     */
    @Attack("hostile records of a sensor")
    @Seeds(12)
    void mutatedLogsNeverThrow(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (String file : LOGS) {
            byte[] bytes = beginning(AlarmData.folder().resolve(file), 1 + random.nextInt(LOG_LENGTH_MAX));
            int mutations = 1 + random.nextInt(30);
            for (int i = 0; i < mutations; i++) {
                bytes = mutate(bytes, random);
            }
            Reading reading = Reading.of(file, bytes);
            assertThat(reading.tally().alarms()).isEqualTo(reading.alarms().size());
            assertThat(reading.tally().records()).isLessThanOrEqualTo(bytes.length);
        }
    }

    private static byte[] beginning(Path file, int length) throws IOException {
        AlarmInput input =
                AlarmInputs.of(file.toString(), InputStream.nullInputStream()).getFirst();
        try (InputStream stream = AlarmReader.decompressed(input.place().open())) {
            return stream.readNBytes(length);
        }
    }

    /** One damaged line costs that line; the others are read. */
    @Seeds(40)
    void damageStaysInItsLine(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        String sample = List.of(Samples.EVE, Samples.ZEEK, Samples.WAZUH, Samples.JOURNALD, Samples.FAST)
                .get(random.nextInt(5));
        byte[] damaged = sample.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3; i++) {
            int at = random.nextInt(damaged.length - 1);
            damaged[at] = (byte) MEANINGFUL.charAt(random.nextInt(MEANINGFUL.length()));
            damaged[at] = damaged[at] == '\n' ? (byte) '"' : damaged[at];
        }
        String text = sample.repeat(3) + new String(damaged, StandardCharsets.ISO_8859_1) + sample.repeat(3);
        assertThat(Reading.of(text).alarms()).hasSizeBetween(6, 7);
    }

    private static byte[] mutate(byte[] bytes, SplittableRandom random) {
        int at = random.nextInt(bytes.length + 1);
        int length = Math.min(bytes.length - at, random.nextInt(1, 40));
        return switch (random.nextInt(6)) {
            case 0 -> splice(bytes, at, length, new byte[0]);
            case 1 -> splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 2 ->
                splice(
                        bytes,
                        at,
                        0,
                        FRAGMENTS.get(random.nextInt(FRAGMENTS.size())).getBytes(StandardCharsets.UTF_8));
            case 3 -> splice(bytes, at, Math.min(1, length), new byte[] {(byte) random.nextInt()});
            case 4 ->
                splice(bytes, at, Math.min(1, length), new byte[] {
                    (byte) MEANINGFUL.charAt(random.nextInt(MEANINGFUL.length()))
                });
            default -> Arrays.copyOf(bytes, Math.max(1, at));
        };
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = new byte[bytes.length - removed + inserted.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }
}
