package org.maftia.services.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * That an entry stands in a log, for who has its policy: needs no network. Source: C2SP tlog-proof.
 *
 * @param extra what a reader needs beside the body to know the entry, such as what stands before it; nobody vouches for it
 * @param path from the leaf's sibling up
 */
public record LogProof(byte[] extra, long index, List<Digest> path, SignedCheckpoint signed) {
    /** Longest text, in characters. */
    public static final int LENGTH_MAX = SignedCheckpoint.LENGTH_MAX + (8 << 10);

    private static final String HEADER = "c2sp.org/tlog-proof@v1";

    private static final String EXTRA = "extra ";

    /** Bytes of extra data that are read. */
    private static final int EXTRA_LENGTH_MAX = 1_024;

    public LogProof {
        extra = extra.clone();
        path = List.copyOf(path);
    }

    @Override
    public byte[] extra() {
        return extra.clone();
    }

    /** The file. */
    public String text() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        if (extra.length > 0) {
            text.append(EXTRA).append(Base64.getEncoder().encodeToString(extra)).append('\n');
        }
        text.append("index ").append(index).append('\n');
        path.forEach(hash ->
                text.append(Base64.getEncoder().encodeToString(hash.toBytes())).append('\n'));
        return text.append('\n').append(signed.text()).toString();
    }

    /** @throws MalformedException when the text is no proof */
    public static LogProof parsed(String text) {
        int end = text.indexOf("\n\n");
        if (text.length() > LENGTH_MAX || end < 0) {
            throw new MalformedException("no proof of a log");
        }
        List<String> lines = new ArrayList<>(List.of(text.substring(0, end).split("\n", LogTree.PROOF_LENGTH_MAX + 4)));
        if (!lines.removeFirst().equals(HEADER)) {
            throw new MalformedException("no proof of a log, or of another version");
        }
        byte[] extra = {};
        if (!lines.isEmpty() && lines.getFirst().startsWith(EXTRA)) {
            extra = bytes(lines.removeFirst().substring(EXTRA.length()));
        }
        if (lines.isEmpty()
                || lines.size() > LogTree.PROOF_LENGTH_MAX + 1
                || !lines.getFirst().matches("index (0|[1-9][0-9]{0,17})")) {
            throw new MalformedException("the proof names no index");
        }
        long index = Long.parseLong(lines.removeFirst().substring("index ".length()));
        List<Digest> path = new ArrayList<>();
        for (String line : lines) {
            path.add(hash(line));
        }
        return new LogProof(extra, index, path, SignedCheckpoint.parsed(text.substring(end + 2)));
    }

    private static byte[] bytes(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            if (bytes.length <= EXTRA_LENGTH_MAX) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a line of the proof is no base64");
        }
        throw new MalformedException("a line of the proof is too long");
    }

    private static Digest hash(String line) {
        byte[] bytes = bytes(line);
        if (bytes.length != Digest.LENGTH) {
            throw new MalformedException("a hash of the proof has another length");
        }
        return Digest.of(bytes);
    }

    /** The entry whose body this is, as far as the extra data tell. */
    public byte[] entry(byte[] body) {
        byte[] entry = Arrays.copyOf(extra, extra.length + body.length);
        System.arraycopy(body, 0, entry, extra.length, body.length);
        return entry;
    }

    /**
     * Checks that the entry stands at the index of a head that the policy believes.
     *
     * @throws RefusedProofException with the reason, for people
     */
    public void verify(LogPolicy policy, byte[] entry) throws RefusedProofException {
        policy.verify(signed);
        LogCheckpoint head = signed.checkpoint();
        Optional<Digest> root = LogTree.rootOf(LogTree.leaf(entry), index, head.size(), path);
        if (root.isEmpty() || !root.get().equals(head.root())) {
            throw new RefusedProofException("the entry is not entry " + index + " of the log");
        }
    }
}
