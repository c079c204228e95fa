package org.maftia.server.sensor;

/** A record that cannot become an alarm. It is counted and the stream goes on, so it carries no stack trace. */
final class BadRecord extends Exception {
    private final Reason reason;

    BadRecord(Reason reason) {
        super(reason.text(), null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
