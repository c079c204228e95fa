package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.services.detection.Alarm;

/** What alarms are wrapped in on their way from other machines. */
class ContainerTest {
    private static byte[] gzip(byte[] bytes) throws Exception {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(target)) {
            stream.write(bytes);
        }
        return target.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** As PowerShell redirects, and as those who leave the mark out; a letter beyond the first plane is cut anywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
    void twoBytesForEachLetterAreRead(String name) throws Exception {
        Charset charset = Charset.forName(name);
        String lines = Samples.EVE
                .replace("\"Misc\"", "\"\ud83d\ude00\"")
                .replace("\n", "\r\n")
                .repeat(1_000);
        for (String mark : List.of("\ufeff", "")) {
            Reading reading = Reading.of("input", (mark + lines).getBytes(charset));
            assertThat(reading.tally().badByReason()).isEmpty();
            assertThat(reading.alarms()).hasSize(1_000).allMatch(alarm -> "\ud83d\ude00".equals(alarm.category()));
        }
        Reading xml = Reading.of("input", ("\ufeff" + Samples.IDMEF.replace("UTF-8", "UTF-16")).getBytes(charset));
        assertThat(xml.only().host()).isEqualTo("lollipop");
        assertThat(Reading.of("input", ("\ufeff" + Samples.AIT).getBytes(charset))
                        .alarms())
                .hasSize(1);
    }

    /** Whoever names a file that cannot be read is told what it is. */
    @ParameterizedTest
    @EnumSource(Container.class)
    void whatIsNotReadIsNamed(Container container) throws Exception {
        byte[] file = new byte[300];
        System.arraycopy(container.magic(), 0, file, container.place(), container.magic().length);
        if (container == Container.GZIP) {
            file = gzip(gzip(Samples.EVE.getBytes(StandardCharsets.UTF_8)));
        }
        if (container == Container.ZIP) {
            file = joined(file, Samples.EVE.getBytes(StandardCharsets.UTF_8)); // as on standard input
        }
        Reading reading = Reading.of("input", file);
        assertThat(reading.alarms()).isEmpty();
        assertThat(reading.tally().damages()).containsExactly("input: is " + container.text());
    }

    /** A log that is compressed anew each day and put together; the pipe has nothing at hand where a member ends. */
    @Test
    void membersOfGzipFollowOneAnother() throws Exception {
        byte[] one = gzip(Samples.EVE.repeat(100).getBytes(StandardCharsets.UTF_8));
        InputStream pipe = new ByteArrayInputStream(joined(one, one, one)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                int toEnd = one.length - pos % one.length; // never beyond the end of a member
                return super.read(target, offset, Math.min(length, toEnd));
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        };
        AlarmReader reader = new AlarmReader(Optional.empty(), Optional.empty(), Reading.NOW_MICROS, Progress.silent());
        List<Alarm> alarms = new ArrayList<>();
        reader.readStream("pipe", pipe, alarms::add);
        assertThat(alarms).hasSize(300);
        assertThat(reader.total().damages()).isEmpty();
    }

    /** A member that is damaged would otherwise be the end of the file, and nobody would know. */
    @Test
    void whatFollowsTheMembersIsNotLostUnseen() throws Exception {
        byte[] one = gzip(Samples.EVE.repeat(100).getBytes(StandardCharsets.UTF_8));
        byte[] damaged = one.clone();
        damaged[0] = 0x1e;
        for (byte[] rest : List.of(joined(damaged, one), new byte[] {1}, Arrays.copyOf(one, 5))) {
            Reading reading = Reading.of("log.gz", joined(one, rest));
            assertThat(reading.alarms()).hasSize(100);
            assertThat(reading.tally().damages()).singleElement().asString().startsWith("log.gz: ends early: ");
        }
        Reading padded = Reading.of("log.gz", joined(one, new byte[700]));
        assertThat(padded.alarms()).hasSize(100);
        assertThat(padded.tally().damages()).isEmpty();
    }
}
