package org.maftia.core.trust;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** The canonical JSON form of a formula, and its digest. */
final class FormulaText {
    private FormulaText() {}

    static String json(Formula formula, List<String> ids) {
        StringBuilder text = new StringBuilder();
        write(formula, ids, text);
        return text.toString();
    }

    private static void write(Formula formula, List<String> ids, StringBuilder text) {
        switch (formula) {
            case Formula.Leaf leaf -> quote(ids.get(leaf.replica()), text);
            case Formula.Gate gate -> {
                text.append("{\"select\":").append(gate.threshold()).append(",\"out-of\":[");
                String separator = "";
                for (Formula.Child child : gate.children()) {
                    text.append(separator);
                    separator = ",";
                    if (child.weight() == 1) {
                        write(child.formula(), ids, text);
                    } else {
                        text.append("{\"weight\":").append(child.weight()).append(",\"of\":");
                        write(child.formula(), ids, text);
                        text.append('}');
                    }
                }
                text.append("]}");
            }
        }
    }

    /** As RFC 8785 writes strings: only what JSON cannot hold is escaped. */
    private static void quote(String id, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append("\\u00").append(c < 16 ? "0" : "1").append(Character.forDigit(c % 16, 16));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
