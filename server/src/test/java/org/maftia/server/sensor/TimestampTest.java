package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.testing.Seeds;

/** Times as sensors write them. */
class TimestampTest {
    private static long micros(String iso) {
        Instant instant = OffsetDateTime.parse(iso).toInstant();
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
    }

    @ParameterizedTest
    @CsvSource({
        "2020-08-06T05:19:48.886764+0000, 2020-08-06T05:19:48.886764Z, true",
        "2020-08-06T05:19:48.886764+00:00, 2020-08-06T05:19:48.886764Z, true",
        "2015-03-29T11:01:38.221126-0600, 2015-03-29T17:01:38.221126Z, true",
        "2019-01-02T03:50:11.315110, 2019-01-02T03:50:11.315110Z, false",
        "2013-05-09T01:42:11.1011041+0000, 2013-05-09T01:42:11.101104Z, true",
        "2018-03-24T17:15:20.6Z, 2018-03-24T17:15:20.6Z, true",
        "2018-03-24 17:15:20, 2018-03-24T17:15:20Z, false",
        "2016-12-31T23:59:60Z, 2017-01-01T00:00:00Z, true",
        "2024-02-29T12:00:00+05, 2024-02-29T07:00:00Z, true",
    })
    void isoIsReadToTheMicrosecond(String text, String expected, boolean zoned) {
        assertThat(Timestamp.iso(text)).isEqualTo(new Timestamp(micros(expected), zoned));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2020-08-06",
                "2020-13-06T05:19:48Z",
                "2023-02-29T05:19:48Z",
                "2020-08-06T24:19:48Z",
                "2020-08-06T05:19:48.Z",
                "2020-08-06T05:19:48+1",
                "2020-08-06T05:19:48Zjunk",
                "1969-12-31T23:59:59Z",
                "-020-08-06T05:19:48Z",
                "20200806T051948Z",
                "2020-08-06T05:19:48+2500",
                "1970-01-01T00:00:00+0100",
            })
    void whatIsNoMomentIsRefused(String text) {
        assertThat(Timestamp.iso(text)).isNull();
    }

    /** 1591367999.305988 is one of a third of all such numbers that a double moves to another microsecond. */
    @Test
    void secondsNeverPassThroughADouble() {
        assertThat(Timestamp.epochSeconds("1591367999.305988")).isEqualTo(new Timestamp(1_591_367_999_305_988L, true));
        assertThat(Timestamp.epochSeconds("1642213952")).isEqualTo(new Timestamp(1_642_213_952_000_000L, true));
        assertThat(Timestamp.epochSeconds("1642213952.25")).isEqualTo(new Timestamp(1_642_213_952_250_000L, true));
        assertThat(Timestamp.epochSeconds("1.6e9")).isNull();
        assertThat(Timestamp.epochSeconds("-1")).isNull();
        assertThat(Timestamp.epochSeconds("999999999999")).isNull();
    }

    @Test
    void stampsOfNtpCountFrom1900() {
        @Nullable Timestamp stamp = Timestamp.ntp("0xbc71f4f5.0xef449129");
        assertThat(stamp).isEqualTo(new Timestamp(micros("2000-03-09T10:01:25.934639Z"), true));
        assertThat(Timestamp.ntp("0x00000000.0x00000000"))
                .isEqualTo(new Timestamp(micros("2036-02-07T06:28:16Z"), true));
        assertThat(Timestamp.ntp("bc71f4f5")).isNull();
    }

    @Test
    void aMissingYearIsTheNewestThatIsNotInTheFuture() {
        long now = micros("2021-01-01T00:00:00Z");
        assertThat(YearGuess.newest(now, 12, 10, "06:55:46")).isEqualTo(2020);
        assertThat(YearGuess.newest(now, 1, 1, "06:55:46")).isEqualTo(2021);
        assertThat(YearGuess.newest(now, 1, 3, "06:55:46")).isEqualTo(2020);
        assertThat(YearGuess.newest(now, 2, 29, "06:55:46")).isEqualTo(2020);
        assertThat(YearGuess.newest(micros("2023-01-01T00:00:00Z"), 2, 29, "06:55:46"))
                .isEqualTo(2020);
        assertThat(YearGuess.newest(now, 2, 30, "06:55:46")).isZero();
    }

    @Seeds(20)
    void daysAreThoseOfTheCalendar(long seed) {
        LocalDate day = LocalDate.ofEpochDay(new SplittableRandom(seed).nextLong(2_900_000));
        assertThat(Calendar.isDay(day.getYear(), day.getMonthValue(), day.getDayOfMonth()))
                .isTrue();
        assertThat(Calendar.epochDay(day.getYear(), day.getMonthValue(), day.getDayOfMonth()))
                .isEqualTo(day.toEpochDay());
    }
}
