package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * A party asks for what lies in the mailbox between it and another one: others are not shown who has exchanges with whom. It
 * is shown to a gateway, and orders nothing.
 *
 * @param trusted the group that is asked
 * @param reader who asks, and signs
 * @param timeSeconds since 1970, when it was signed: {@link #LIFE_SECONDS} long it is good
 */
public record MailboxReading(Digest trusted, Party reader, Party other, long timeSeconds) {
    public static final String TYPE = "maftia-mailbox-reading";

    /** Also what clocks of parties may be off. */
    public static final long LIFE_SECONDS = 300;

    /** @throws MalformedException when it is none, or its reader did not sign it */
    public static MailboxReading of(CompactJws message) {
        if (!message.type().equals(TYPE)) {
            throw new MalformedException("this does not ask for what lies in a mailbox");
        }
        StrictJson json = message.payload().only("trusted", "reader", "other", "time");
        MailboxReading reading = new MailboxReading(
                Opening.digest(json, "trusted"),
                Party.of(json.child("reader")),
                Party.of(json.child("other")),
                json.number("time"));
        if (!message.isSignedBy(reading.reader.sign())) {
            throw new MalformedException("the request is not signed by who reads");
        }
        return reading;
    }

    /** What the reader signs, under {@link #TYPE}. */
    public static ObjectNode payload(Digest trusted, Party reader, Party other, long timeSeconds) {
        ObjectNode json = StrictJson.create().put("trusted", StrictJson.base64(trusted.toBytes()));
        json.set("reader", reader.toJson());
        json.set("other", other.toJson());
        return json.put("time", timeSeconds);
    }

    /** Whether it was signed just now. */
    public boolean isFresh(long nowSeconds) {
        return Math.abs(nowSeconds - timeSeconds) <= LIFE_SECONDS;
    }
}
