package org.maftia.services.authority;

import java.util.Optional;
import java.util.regex.Pattern;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;

/**
 * Where a request goes: the URL that its client signed, taken apart.
 *
 * @param base the place of the gateway, one of those that the policy names
 * @param id what the path names; 0 where it names nothing by number
 * @param method of a challenge; else the first one
 * @param serial of a certificate, in hex; else empty
 */
record Target(String base, Endpoint endpoint, long id, Method method, String serial) {
    static final String ACME = "/acme/";
    static final String ACCOUNTS = ACME + "acct/";
    static final String ORDERS = ACME + "order/";
    static final String AUTHORIZATIONS = ACME + "authz/";
    static final String CHALLENGES = ACME + "chall/";
    static final String CERTIFICATES = ACME + "cert/";

    private static final String NUMBER = "[0-9a-f]{16}";
    private static final Pattern OF_ACCOUNT = Pattern.compile(ACCOUNTS + "[0-9]{1,18}(/orders)?");
    private static final Pattern OF_ORDER = Pattern.compile(ORDERS + NUMBER + "(/finalize)?");
    private static final Pattern OF_AUTHORIZATION = Pattern.compile(AUTHORIZATIONS + NUMBER);
    private static final Pattern OF_CERTIFICATE = Pattern.compile(CERTIFICATES + "[0-9a-f]{32}");
    private static final Pattern OF_CHALLENGE = Pattern.compile(CHALLENGES + NUMBER + "/[a-z0-9-]{1,16}");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    /** The resources to which clients post. */
    enum Endpoint {
        NEW_ACCOUNT,
        ACCOUNT,
        ACCOUNT_ORDERS,
        NEW_ORDER,
        ORDER,
        FINALIZE,
        AUTHORIZATION,
        CHALLENGE,
        CERTIFICATE,
        REVOKE,
        KEY_CHANGE
    }

    /** @throws Refusal when the URL is none of this authority's */
    static Target of(String url, AuthorityPolicy policy) {
        for (String base : policy.bases()) {
            if (url.startsWith(base + ACME)) {
                return path(base, url.substring(base.length()))
                        .orElseThrow(() -> new Refusal(Problem.Kind.NOT_FOUND, "there is nothing at this URL"));
            }
        }
        throw new Refusal(
                Problem.Kind.UNAUTHORIZED,
                "the request was signed for another server: its url is none of this group's");
    }

    private static Optional<Target> path(String base, String path) {
        Optional<Endpoint> fixed = switch (path.substring(ACME.length())) {
            case "new-account" -> Optional.of(Endpoint.NEW_ACCOUNT);
            case "new-order" -> Optional.of(Endpoint.NEW_ORDER);
            case "revoke-cert" -> Optional.of(Endpoint.REVOKE);
            case "key-change" -> Optional.of(Endpoint.KEY_CHANGE);
            default -> Optional.empty();
        };
        if (fixed.isPresent()) {
            return Optional.of(new Target(base, fixed.get(), 0, Method.HTTP_01, ""));
        }
        if (OF_ACCOUNT.matcher(path).matches()) {
            boolean orders = path.endsWith("/orders");
            String digits = path.substring(ACCOUNTS.length(), path.length() - (orders ? "/orders".length() : 0));
            return Optional.of(new Target(
                    base,
                    orders ? Endpoint.ACCOUNT_ORDERS : Endpoint.ACCOUNT,
                    Long.parseLong(digits),
                    Method.HTTP_01,
                    ""));
        }
        if (OF_ORDER.matcher(path).matches()) {
            Endpoint endpoint = path.endsWith("/finalize") ? Endpoint.FINALIZE : Endpoint.ORDER;
            return Optional.of(new Target(base, endpoint, number(path, ORDERS), Method.HTTP_01, ""));
        }
        if (OF_AUTHORIZATION.matcher(path).matches()) {
            return Optional.of(
                    new Target(base, Endpoint.AUTHORIZATION, number(path, AUTHORIZATIONS), Method.HTTP_01, ""));
        }
        if (OF_CERTIFICATE.matcher(path).matches()) {
            return Optional.of(
                    new Target(base, Endpoint.CERTIFICATE, 0, Method.HTTP_01, path.substring(CERTIFICATES.length())));
        }
        if (OF_CHALLENGE.matcher(path).matches()) {
            return Method.of(path.substring(CHALLENGES.length() + 17))
                    .map(method -> new Target(base, Endpoint.CHALLENGE, number(path, CHALLENGES), method, ""));
        }
        return Optional.empty();
    }

    private static long number(String path, String prefix) {
        return Long.parseUnsignedLong(path.substring(prefix.length(), prefix.length() + 16), 16);
    }

    /** The number as paths have it. */
    static String hex(long id) {
        String digits = Long.toHexString(id);
        return "0".repeat(16 - digits.length()) + digits;
    }

    /** The account that a URL names; empty where it names none of this authority's. */
    static Optional<Long> account(String url, AuthorityPolicy policy) {
        for (String base : policy.bases()) {
            if (url.startsWith(base + ACCOUNTS)) {
                String digits = url.substring(base.length() + ACCOUNTS.length());
                return DIGITS.matcher(digits).matches() ? Optional.of(Long.parseLong(digits)) : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
