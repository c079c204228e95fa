package org.maftia.services.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.maftia.core.trust.Formula;
import org.maftia.core.wire.MalformedException;

/**
 * What a reader must know to believe heads of a log: its keys, those of its witnesses, and which of these must have signed.
 * Source: C2SP tlog-policy.
 */
public final class LogPolicy {
    /** Longest file, in characters. */
    public static final int LENGTH_MAX = 256 << 10;

    private static final int LINES_MAX = 2_048;
    private static final String NONE = "none";

    private final List<NoteKey> logs = new ArrayList<>();
    private final Map<String, NoteKey> witnesses = new LinkedHashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private String quorum = "";

    private record Group(int enough, List<String> members) {}

    private LogPolicy() {}

    /** The file for a log of these replicas. */
    public static String text(List<LogMember> members, WitnessRule rule) {
        StringBuilder text = new StringBuilder();
        members.forEach(
                member -> text.append("log ").append(member.log().text()).append('\n'));
        for (int i = 0; i < members.size(); i++) {
            text.append("witness ").append(name(i)).append(' ');
            text.append(members.get(i).witness().text()).append('\n');
        }
        List<String> lines = new ArrayList<>();
        String top = group(rule.formula(), lines);
        lines.forEach(line -> text.append(line).append('\n'));
        return text.append("quorum ").append(top).append('\n').toString();
    }

    private static String name(int replica) {
        return "w" + replica;
    }

    private static String group(Formula formula, List<String> lines) {
        return switch (formula) {
            case Formula.Leaf leaf -> name(leaf.replica());
            case Formula.Gate gate -> {
                List<String> names = gate.children().stream()
                        .map(child -> group(child.formula(), lines))
                        .toList();
                String own = "g" + lines.size();
                lines.add("group " + own + " " + gate.threshold() + " " + String.join(" ", names));
                yield own;
            }
        };
    }

    /** @throws MalformedException when the text is no policy */
    public static LogPolicy parsed(String text) {
        LogPolicy policy = new LogPolicy();
        String[] lines = text.split("\n", LINES_MAX + 1);
        if (text.length() > LENGTH_MAX || lines.length > LINES_MAX) {
            throw new MalformedException("the policy is too long");
        }
        Set<String> taken = new LinkedHashSet<>();
        for (String line : lines) {
            String[] words = line.strip().split("[ \t]+");
            if (!words[0].isEmpty() && !words[0].startsWith("#")) {
                policy.take(words, taken);
            }
        }
        if (policy.quorum.isEmpty()) {
            throw new MalformedException("the policy names no quorum");
        }
        return policy;
    }

    private void take(String[] words, Set<String> taken) {
        int arguments = words.length - 1;
        boolean known = switch (words[0]) {
            case "log" -> (arguments == 1 || arguments == 2) && addLog(NoteKey.parsed(words[1]));
            case "witness" -> (arguments == 2 || arguments == 3) && addWitness(words[1], words[2]);
            case "group" -> arguments >= 3 && addGroup(words, taken);
            case "quorum" -> arguments == 1 && quorum.isEmpty() && isDefinedOrNone(words[1]);
            default -> false;
        };
        if (!known) {
            throw new MalformedException("a line of the policy is none: " + words[0]);
        }
        if (words[0].equals("quorum")) {
            quorum = words[1];
        }
    }

    private boolean addLog(NoteKey key) {
        return key.type() == NoteKey.LOG && isNew(key, logs) && logs.add(key);
    }

    private static boolean isNew(NoteKey key, Iterable<NoteKey> others) {
        for (NoteKey other : others) {
            if (Arrays.equals(key.publicKey(), other.publicKey())) {
                return false;
            }
        }
        return true;
    }

    private boolean addWitness(String name, String text) {
        NoteKey key = NoteKey.parsed(text);
        boolean fresh = isNewName(name) && isNew(key, witnesses.values());
        return key.type() == NoteKey.WITNESS && fresh && witnesses.put(name, key) == null;
    }

    private boolean isNewName(String name) {
        return !name.equals(NONE) && !witnesses.containsKey(name) && !groups.containsKey(name);
    }

    private boolean isDefinedOrNone(String name) {
        return name.equals(NONE) || !isNewName(name);
    }

    private boolean addGroup(String[] words, Set<String> taken) {
        List<String> members = List.of(words).subList(3, words.length);
        for (String member : members) {
            if (member.equals(NONE) || isNewName(member) || !taken.add(member)) {
                return false;
            }
        }
        int enough = switch (words[2]) {
            case "all" -> members.size();
            case "any" -> 1;
            default -> words[2].matches("[1-9][0-9]{0,3}") ? Integer.parseInt(words[2]) : 0;
        };
        return enough >= 1
                && enough <= members.size()
                && isNewName(words[1])
                && groups.put(words[1], new Group(enough, List.copyOf(members))) == null;
    }

    /** Keys of the log. */
    public List<NoteKey> logs() {
        return List.copyOf(logs);
    }

    /**
     * Believes a head, or says why not.
     *
     * @throws RefusedProofException with the reason, for people
     */
    public void verify(SignedCheckpoint signed) throws RefusedProofException {
        String body = signed.checkpoint().body();
        boolean logged = false;
        for (NoteKey key : logs) {
            boolean own = key.name().equals(signed.checkpoint().origin());
            logged |= own && isSigned(key, signed, body);
        }
        if (!logged) {
            throw new RefusedProofException("no log of the policy signed the checkpoint");
        }
        Set<String> seen = new LinkedHashSet<>();
        for (Map.Entry<String, NoteKey> witness : witnesses.entrySet()) {
            if (isSigned(witness.getValue(), signed, body)) {
                seen.add(witness.getKey());
            }
        }
        if (!quorum.equals(NONE) && !holds(quorum, seen)) {
            throw new RefusedProofException("too few witnesses of the policy signed the checkpoint: " + seen.size()
                    + " of " + witnesses.size());
        }
    }

    /** A false signature under a known key spoils the note, as the format wants. */
    private static boolean isSigned(NoteKey key, SignedCheckpoint signed, String body) throws RefusedProofException {
        boolean found = false;
        for (SignedCheckpoint.Line line : signed.lines()) {
            if (line.isOf(key)) {
                if (!key.verifies(body, line.signature())) {
                    throw new RefusedProofException("a signature of " + key.name() + " under the checkpoint is false");
                }
                found = true;
            }
        }
        return found;
    }

    /** Groups name what stands before them, so this ends. */
    private boolean holds(String name, Set<String> seen) {
        Group group = groups.get(name);
        if (group == null) {
            return seen.contains(name);
        }
        return group.members.stream().filter(member -> holds(member, seen)).count() >= group.enough;
    }
}
