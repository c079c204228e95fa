package org.maftia.services.log;

/**
 * A replica as the log knows it.
 *
 * @param log signs heads as the log, under the log's name; alone it proves nothing
 * @param witness signs heads as a witness, under a name of its own
 */
public record LogMember(NoteKey log, NoteKey witness) {
    /**
     * @param origin the name of the log
     * @param id of the replica in its configuration
     */
    public static LogMember of(String origin, String id, byte[] logKey, byte[] witnessKey) {
        return new LogMember(
                new NoteKey(origin, NoteKey.LOG, logKey), new NoteKey(origin + "/" + id, NoteKey.WITNESS, witnessKey));
    }
}
