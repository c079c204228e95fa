package org.maftia.services.testing;

import org.maftia.core.replica.TrialLog;

/** An honest run of a service: each of its commands at least once, in the states in which it is good. */
public interface Corpus extends TrialLog.Group {
    /** The name under which a group runs the service. */
    String service();

    /** Agreed time at which the run begins, in microseconds since 1970. */
    default long timeMicros() {
        return 1_700_000_000_000_000L;
    }

    /** What a replica sees that looks at the world outside. */
    default byte[] sight(byte[] question) {
        return new byte[0];
    }

    /** The commands, one after the other. */
    void run(Trial trial) throws Exception;
}
