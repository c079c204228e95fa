package org.maftia.core.replica;

/** A service that keeps a public record for all services of its group: what {@link Context#record} writes to. */
public interface Recorder {
    /**
     * Writes an entry, as part of the command that is being executed.
     *
     * @param service which records
     * @param kind what the body is, as the record has it
     * @param timeMicros agreed time
     * @return the index of the entry; -1 where there is no room now, or the body is too long
     */
    long record(String service, int kind, byte[] body, long timeMicros);
}
