package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads formulas from JSON: just the JSON that formulas use, as RFC 8259 has it. Depth and nodes are counted before
 * anything is built, keys may come in any order but only once, and numbers are whole and short.
 */
final class FormulaParser {
    /** An id is a name that people type; the bound keeps hostile strings out of messages. */
    private static final int ID_LENGTH_MAX = 255;

    private final String json;
    private final List<String> ids;
    private int at;
    private int nodes;

    FormulaParser(String json, List<String> ids) {
        this.json = json;
        this.ids = ids;
    }

    Formula parse() {
        Formula formula = node(1);
        blanks();
        if (at < json.length()) {
            throw refuse("text after the formula", "a file holds one formula");
        }
        return formula;
    }

    private Formula node(int depth) {
        return child(depth, false).formula();
    }

    /** A node or, where {@code weighable}, one with a weight; {@code depth} is that of the gate to come. */
    private Formula.Child child(int depth, boolean weighable) {
        if (++nodes > Formula.NODES_MAX) {
            throw refuse("more than " + Formula.NODES_MAX + " nodes", "join replicas of one class in one gate");
        }
        blanks();
        char next = peek();
        if (next == '"') {
            return new Formula.Child(1, new Formula.Leaf(indexOf(string())));
        }
        if (next >= '0' && next <= '9') {
            int index = number();
            if (index >= ids.size()) {
                throw refuse(
                        "index " + index + " names no replica", "the group has " + ids.size() + ", counted from 0");
            }
            return new Formula.Child(1, new Formula.Leaf(index));
        }
        if (next == '{') {
            return object(depth, weighable);
        }
        throw refuse("neither an id nor a gate", "write \"id\" or {\"select\": k, \"out-of\": [...]}");
    }

    /** The keys decide whether it is a gate or a weighted child. A weight of a weight would nest without bound. */
    private Formula.Child object(int depth, boolean weighable) {
        if (depth > Formula.DEPTH_MAX) {
            throw refuse("more than " + Formula.DEPTH_MAX + " nested gates", "flatten the formula");
        }
        Fields fields = new Fields();
        expect('{');
        do {
            blanks();
            String key = string();
            blanks();
            expect(':');
            blanks();
            if (!weighable && (key.equals("weight") || key.equals("of"))) {
                throw refuse("a weight outside a gate", "weights stand directly inside \"out-of\"");
            }
            switch (key) {
                case "select" -> fields.select = once(fields.select, key, number());
                case "weight" -> fields.weight = once(fields.weight, key, number());
                case "of" -> fields.of = once(fields.of, key, node(depth));
                case "out-of" -> fields.outOf = once(fields.outOf, key, children(depth + 1));
                default -> throw refuse("unknown key", "keys are select, out-of, weight and of");
            }
            blanks();
        } while (more());
        expect('}');
        return fields.child();
    }

    private <T> T once(@Nullable T before, String key, T value) {
        if (before != null) {
            throw refuse("key " + key + " twice", "leave one of them");
        }
        return value;
    }

    /** What an object said so far. */
    private final class Fields {
        private @Nullable Integer select;
        private @Nullable Integer weight;
        private @Nullable Formula of;
        private @Nullable List<Formula.Child> outOf;

        Formula.Child child() {
            if (select != null && outOf != null && weight == null && of == null) {
                return new Formula.Child(1, gate(select, outOf));
            }
            if (select == null && outOf == null && weight != null && of != null) {
                if (weight < 1) {
                    throw refuse("weight " + weight, "weights are 1 or more");
                }
                return new Formula.Child(weight, of);
            }
            throw refuse("neither a gate nor a weighted child", "use select with out-of, or weight with of");
        }
    }

    private Formula gate(int threshold, List<Formula.Child> children) {
        long total = children.stream().mapToLong(Formula.Child::weight).sum();
        if (children.isEmpty()) {
            throw refuse("a gate without children", "name at least one replica");
        }
        if (total > Formula.WEIGHT_MAX) {
            throw refuse("a gate of weight " + total, "all weights of a gate sum to at most " + Formula.WEIGHT_MAX);
        }
        if (threshold < 1 || threshold > total) {
            throw refuse("select " + threshold + " out of weight " + total, "select 1 to " + total);
        }
        return new Formula.Gate(threshold, children);
    }

    private List<Formula.Child> children(int depth) {
        List<Formula.Child> children = new ArrayList<>();
        expect('[');
        blanks();
        if (peek() != ']') {
            do {
                children.add(child(depth, true));
                blanks();
            } while (more());
        }
        expect(']');
        return children;
    }

    private int indexOf(String id) {
        int index = ids.indexOf(id);
        if (index < 0) {
            throw refuse("no replica is called \"" + printable(id) + "\"", "replicas are " + String.join(", ", ids));
        }
        return index;
    }

    private static String printable(String id) {
        StringBuilder text = new StringBuilder();
        id.chars().limit(40).forEach(c -> text.append(c < ' ' || c > '~' ? '?' : (char) c));
        return text.toString();
    }

    /** At most five digits: enough for every index, threshold and weight. */
    private int number() {
        int start = at;
        int value = 0;
        while (at < json.length() && json.charAt(at) >= '0' && json.charAt(at) <= '9') {
            value = value * 10 + (json.charAt(at) - '0');
            at++;
            if (value > Formula.WEIGHT_MAX) {
                throw refuse("a number above " + Formula.WEIGHT_MAX, "no threshold or weight is larger");
            }
        }
        if (at == start || (json.charAt(start) == '0' && at - start > 1)) {
            throw refuse("no whole number", "write digits, without sign, point or leading zero");
        }
        return value;
    }

    private String string() {
        expect('"');
        StringBuilder text = new StringBuilder();
        while (peek() != '"') {
            char c = json.charAt(at++);
            if (c < ' ') {
                throw refuse("a control character in a string", "escape it");
            }
            text.append(c == '\\' ? escaped() : c);
            if (text.length() > ID_LENGTH_MAX) {
                throw refuse("a string of more than " + ID_LENGTH_MAX + " characters", "shorten the id");
            }
        }
        at++;
        return text.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hexadecimal();
            default -> throw refuse("an unknown escape", "write the character itself");
        };
    }

    private char hexadecimal() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0 || json.charAt(at) > 'f') {
                throw refuse("an unknown escape", "\\u takes four hexadecimal digits");
            }
            value = 16 * value + digit;
            at++;
        }
        return (char) value;
    }

    /** Whether a comma announces another element. */
    private boolean more() {
        if (at < json.length() && json.charAt(at) == ',') {
            at++;
            return true;
        }
        return false;
    }

    private void blanks() {
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= json.length()) {
            throw refuse("the text ends too early", "close every bracket, brace and quote");
        }
        return json.charAt(at);
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw refuse("expected " + wanted, "a formula is plain JSON");
        }
        at++;
    }

    private TrustException refuse(String what, String hint) {
        return new TrustException("formula, character " + (at + 1) + ": " + what, hint);
    }
}
