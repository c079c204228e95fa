package org.maftia.services.log;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * That an entry stands in a log, for who has its policy: needs no network. Source: C2SP tlog-proof.
 *
 * @param path from the leaf's sibling up
 */
public record LogProof(long index, List<Digest> path, SignedCheckpoint signed) {
    /** Longest text, in characters. */
    public static final int LENGTH_MAX = SignedCheckpoint.LENGTH_MAX + (8 << 10);

    private static final String HEADER = "c2sp.org/tlog-proof@v1";

    public LogProof {
        path = List.copyOf(path);
    }

    /** The file. */
    public String text() {
        StringBuilder text =
                new StringBuilder(HEADER).append("\nindex ").append(index).append('\n');
        path.forEach(hash ->
                text.append(Base64.getEncoder().encodeToString(hash.toBytes())).append('\n'));
        return text.append('\n').append(signed.text()).toString();
    }

    /** @throws MalformedException when the text is no proof; extra data are passed over, as nobody vouches for them */
    public static LogProof parsed(String text) {
        int end = text.indexOf("\n\n");
        if (text.length() > LENGTH_MAX || end < 0) {
            throw new MalformedException("no proof of a log");
        }
        List<String> lines = new ArrayList<>(List.of(text.substring(0, end).split("\n", LogTree.PROOF_LENGTH_MAX + 4)));
        if (!lines.removeFirst().equals(HEADER)) {
            throw new MalformedException("no proof of a log, or of another version");
        }
        if (!lines.isEmpty() && lines.getFirst().startsWith("extra ")) {
            lines.removeFirst();
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
        return new LogProof(index, path, SignedCheckpoint.parsed(text.substring(end + 2)));
    }

    private static Digest hash(String line) {
        try {
            byte[] bytes = Base64.getDecoder().decode(line);
            if (bytes.length == Digest.LENGTH) {
                return Digest.of(bytes);
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a hash of the proof is none");
        }
        throw new MalformedException("a hash of the proof has another length");
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
