package org.maftia.server.validation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.maftia.services.authority.acme.Problem;

/** Whether the owner of a name lets this authority certify it (RFC 8659), for this account and by this method (RFC 8657). */
final class CaaCheck {
    private static final String ISSUE = "issue";
    private static final String WILD = "issuewild";
    private static final List<String> KNOWN =
            List.of(ISSUE, WILD, "iodef", "contactemail", "contactphone", "issuemail", "issuevmc");

    private final Names names;
    private final List<String> own;
    private final List<String> bases;

    /**
     * @param own names by which records may mean this authority
     * @param bases the places of the gateways, below which accounts have their URLs
     */
    CaaCheck(Names names, List<String> own, List<String> bases) {
        this.names = names;
        this.own = List.copyOf(own);
        this.bases = List.copyOf(bases);
    }

    /**
     * Demands that nothing speaks against it.
     *
     * @param host without a wildcard
     * @param accountPath of the account's URL
     * @throws LookException when something does, or cannot be learnt
     */
    void require(String host, boolean wildcard, String method, String accountPath) throws LookException {
        List<Names.Caa> relevant = relevant(host);
        for (Names.Caa property : relevant) {
            if (property.critical() && !KNOWN.contains(tag(property))) {
                throw refused(host + " has a critical CAA property that is not known here");
            }
        }
        List<Names.Caa> issue = tagged(relevant, ISSUE);
        List<Names.Caa> wild = tagged(relevant, WILD);
        List<Names.Caa> counting = wildcard && !wild.isEmpty() ? wild : issue;
        if (counting.isEmpty()) {
            return;
        }
        for (Names.Caa property : counting) {
            if (allows(property.value(), method, accountPath)) {
                return;
            }
        }
        throw refused("the CAA records for " + host + " do not let this authority certify it");
    }

    private static LookException refused(String sentence) {
        return new LookException(Problem.Kind.CAA, sentence);
    }

    private static String tag(Names.Caa property) {
        return property.tag().toLowerCase(Locale.ROOT);
    }

    private static List<Names.Caa> tagged(List<Names.Caa> all, String tag) {
        return all.stream().filter(property -> tag(property).equals(tag)).toList();
    }

    /** Of the name itself, or else of the nearest name above it that has any (RFC 8659, section 3). */
    private List<Names.Caa> relevant(String host) throws LookException {
        String name = host;
        while (true) {
            List<Names.Caa> found = names.caa(name);
            int dot = name.indexOf('.');
            if (!found.isEmpty() || dot < 0) {
                return found;
            }
            name = name.substring(dot + 1);
        }
    }

    /** One value: a name, and parameters that narrow it down. What does not parse allows nothing. */
    private boolean allows(String value, String method, String accountPath) {
        String[] parts = value.split(";", -1);
        String issuer = parts[0].strip().toLowerCase(Locale.ROOT);
        if (!own.contains(issuer)) {
            return false;
        }
        for (String parameter : Arrays.copyOfRange(parts, 1, parts.length)) {
            if (parameter.isBlank()) {
                continue;
            }
            Optional<Boolean> narrowed = narrowed(parameter.strip(), method, accountPath);
            if (narrowed.isEmpty() || !narrowed.get()) {
                return false;
            }
        }
        return true;
    }

    private Optional<Boolean> narrowed(String parameter, String method, String accountPath) {
        int equals = parameter.indexOf('=');
        if (equals <= 0) {
            return Optional.empty();
        }
        String name = parameter.substring(0, equals).strip();
        String wanted = parameter.substring(equals + 1).strip();
        return Optional.of(
                switch (name.toLowerCase(Locale.ROOT)) {
                    case "accounturi" -> accounts(accountPath).contains(wanted);
                    case "validationmethods" -> Arrays.asList(wanted.split(",")).contains(method);
                    default -> true; // of others only their owners know what they narrow
                });
    }

    private List<String> accounts(String accountPath) {
        List<String> urls = new ArrayList<>();
        bases.forEach(base -> urls.add(base + accountPath));
        return urls;
    }
}
