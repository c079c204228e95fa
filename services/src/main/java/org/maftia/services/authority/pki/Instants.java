package org.maftia.services.authority.pki;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.x509.Time;

/** Agreed time as X.509 and RFC 3339 write it: whole seconds since 1970, without asking a calendar of the platform. */
public final class Instants {
    /** The last second that UTCTime can say; later ones are GeneralizedTime (RFC 5280, section 4.1.2.5). */
    private static final int UTC_YEAR_MAX = 2049;

    private Instants() {}

    private static LocalDateTime of(long seconds) {
        return LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    }

    static Time time(long seconds) {
        LocalDateTime at = of(seconds);
        String digits = digits(at.getMonthValue())
                + digits(at.getDayOfMonth())
                + digits(at.getHour())
                + digits(at.getMinute())
                + digits(at.getSecond())
                + "Z";
        return at.getYear() <= UTC_YEAR_MAX
                ? new Time(ASN1UTCTime.getInstance(der(BERTags.UTC_TIME, digits(at.getYear() % 100) + digits)))
                : new Time(ASN1GeneralizedTime.getInstance(der(BERTags.GENERALIZED_TIME, at.getYear() + digits)));
    }

    /** As the library would write it that would first read it as a date, slowly. */
    private static byte[] der(int tag, String text) {
        byte[] encoded = new byte[2 + text.length()];
        encoded[0] = (byte) tag;
        encoded[1] = (byte) text.length();
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, encoded, 2, text.length());
        return encoded;
    }

    static ASN1GeneralizedTime generalized(long seconds) {
        LocalDateTime at = of(seconds);
        return new ASN1GeneralizedTime(at.getYear()
                + digits(at.getMonthValue())
                + digits(at.getDayOfMonth())
                + digits(at.getHour())
                + digits(at.getMinute())
                + digits(at.getSecond())
                + "Z");
    }

    /** RFC 3339, in UTC. */
    public static String text(long seconds) {
        LocalDateTime at = of(seconds);
        return at.getYear() + "-" + digits(at.getMonthValue()) + "-" + digits(at.getDayOfMonth()) + "T"
                + digits(at.getHour()) + ":" + digits(at.getMinute()) + ":" + digits(at.getSecond()) + "Z";
    }

    private static String digits(int value) {
        return (value < 10 ? "0" : "") + value;
    }
}
