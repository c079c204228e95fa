package org.maftia.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One line of the ledger: a deliberately broken variant of the production code.
 *
 * @param name what is wrong
 * @param scenario the system in which it must be found, or {@code equivalent} where no run can show it
 * @param from the seed from which on it is looked for: after {@code +}, where those before would take minutes
 * @param edits how the byte code is changed
 * @param reason what it breaks; for an equivalent one, why nothing
 * @param rare looked for where {@code -Dmaftia.simulation.rare=true} alone: only long runs of large groups show it
 */
record PlantedBug(String name, String scenario, long from, List<Edit> edits, String reason, boolean rare) {
    private static final String EQUIVALENT = "equivalent";
    private static final String RARE = "rare ";

    /**
     * A change of one method.
     *
     * @param type the class, without {@code org.maftia.}
     * @param method every method of that name
     * @param kind {@code body}: the whole method; {@code begin}: what it does first; {@code call}: calls of {@code
     *     target}; {@code field}: reads of it
     * @param target a method or field used inside; empty for a body or a beginning
     * @param becomes a constant ({@code true false null nothing zero}), {@code first} or {@code second} for that
     *     argument of a call with two longs, or the name of another method of the same type to call; to begin with, it
     *     is called besides, with the same argument
     */
    record Edit(String type, String method, String kind, String target, String becomes) {
        static Edit parse(String text) {
            // TYPE.METHOD body CONSTANT, TYPE.METHOD begin OTHER, or TYPE.METHOD call|field TARGET BECOMES
            String[] words = text.trim().split(" ");
            int dot = words[0].lastIndexOf('.');
            String type = "org.maftia." + words[0].substring(0, dot);
            String method = words[0].substring(dot + 1);
            return words.length == 3
                    ? new Edit(type, method, words[1], "", words[2])
                    : new Edit(type, method, words[1], words[2], words[3]);
        }
    }

    boolean isEquivalent() {
        return scenario.equals(EQUIVALENT);
    }

    /** The whole ledger of what simulation must find. */
    static List<PlantedBug> ledger() {
        return ledger("planted-bugs.txt");
    }

    static List<PlantedBug> ledger(String resource) {
        try (InputStream in = PlantedBug.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<PlantedBug> bugs = new ArrayList<>();
            for (String entry : text.split("\n\n")) {
                List<String> lines = Arrays.stream(entry.split("\n"))
                        .filter(line -> !line.startsWith("#"))
                        .toList();
                if (!lines.isEmpty()) {
                    bugs.add(parse(lines));
                }
            }
            return bugs;
        } catch (IOException e) {
            throw new IllegalStateException("the ledger is a resource of these tests", e);
        }
    }

    private static PlantedBug parse(List<String> lines) {
        String[] head = lines.getFirst().split(": ");
        List<Edit> edits = lines.stream()
                .filter(line -> line.startsWith("  "))
                .map(Edit::parse)
                .toList();
        String reason = String.join(
                " ",
                lines.stream().skip(1).filter(line -> !line.startsWith("  ")).toList());
        boolean rare = head[0].startsWith(RARE);
        String[] scenario = (rare ? head[0].substring(RARE.length()) : head[0]).split("\\+");
        long from = scenario.length == 1 ? 0 : Long.parseLong(scenario[1]);
        return new PlantedBug(head[1], scenario[0], from, edits, reason, rare);
    }

    @Override
    public String toString() {
        return name;
    }
}
