package org.maftia.services.authority;

import java.util.HexFormat;
import java.util.List;
import org.maftia.services.authority.acme.Document;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.pki.Identifier;
import org.maftia.services.authority.pki.Instants;

/**
 * Accounts, orders, authorizations and challenges as clients see them (RFC 8555, section 7.1).
 *
 * @param base the place of the gateway that the client uses
 */
record Resources(String base, Orders orders, long nowMicros) {
    private static String text(long micros) {
        return Instants.text(micros / Agreed.SECOND_MICROS);
    }

    String url(String path) {
        return base + path;
    }

    Document account(Account account) {
        return new Document()
                .put("status", account.active ? "valid" : "deactivated")
                .putTexts("contact", account.contacts)
                .put("orders", url(account.path() + "/orders"));
    }

    Document orders(Account account) {
        return new Document()
                .putTexts(
                        "orders",
                        orders.of(account.id, nowMicros).stream()
                                .map(order -> url(order.path()))
                                .toList());
    }

    Document order(Order order) {
        Document json = new Document()
                .put("status", orders.status(order, nowMicros))
                .put("expires", text(order.expiresMicros))
                .putAll(
                        "identifiers",
                        order.identifiers.stream().map(Resources::identifier).toList())
                .put("profile", order.profile.word())
                .putTexts(
                        "authorizations",
                        order.authorizations.stream()
                                .map(id -> url(Target.AUTHORIZATIONS + Target.hex(id)))
                                .toList())
                .put("finalize", url(order.path() + "/finalize"));
        if (!order.replaces.isEmpty()) {
            json.put("replaces", order.replaces);
        }
        if (order.stage == Order.Stage.VALID) {
            json.put("certificate", url(Target.CERTIFICATES + HexFormat.of().formatHex(order.serial)));
        }
        order.problem().ifPresent(problem -> json.put("error", problem.json()));
        return json;
    }

    private static Document identifier(Identifier identifier) {
        return new Document().put("type", identifier.kind().word()).put("value", identifier.value());
    }

    Document authorization(Authorization authorization) {
        Document json = new Document()
                .put("status", authorization.status(nowMicros))
                .put("expires", text(authorization.expiresMicros))
                .put("identifier", identifier(authorization.identifier));
        boolean open = authorization.state == Authorization.State.PENDING;
        List<Method> methods = open
                ? Method.of(authorization.identifier.kind(), authorization.wildcard)
                : List.of(authorization.method);
        json.putAll(
                "challenges",
                methods.stream().map(method -> challenge(authorization, method)).toList());
        if (authorization.wildcard) {
            json.put("wildcard", true);
        }
        return json;
    }

    Document challenge(Authorization authorization, Method method) {
        Document json = new Document()
                .put("type", method.word())
                .put("url", url(challengePath(authorization, method)))
                .put("token", authorization.token);
        String status = switch (authorization.state) {
            case PENDING, DEACTIVATED -> "pending";
            case PROCESSING -> "processing";
            case VALID -> "valid";
            case INVALID -> "invalid";
        };
        json.put("status", status);
        if (authorization.validatedMicros != 0) {
            json.put("validated", text(authorization.validatedMicros));
        }
        Problem problem = authorization.problem;
        if (problem != null) {
            json.put("error", problem.json());
        }
        return json;
    }

    static String challengePath(Authorization authorization, Method method) {
        return Target.CHALLENGES + Target.hex(authorization.id) + "/" + method.word();
    }
}
