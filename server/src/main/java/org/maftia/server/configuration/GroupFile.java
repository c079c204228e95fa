package org.maftia.server.configuration;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a {@link Configuration} as {@code group.toml}: what {@link Configuration#parse} reads back is equal. */
public final class GroupFile {
    private GroupFile() {}

    public static String text(Configuration configuration) {
        StringBuilder out = new StringBuilder();
        out.append("# A group of Maftia replicas. 'maftia plan FILE' checks this file; --set KEY=VALUE overrides a"
                + " key.\n");
        out.append("[group]\n");
        out.append(line("name", quoted(configuration.group())));
        if (configuration.ordinal().number() > 0) {
            out.append(line("number", number(configuration.ordinal().number())));
            out.append(line("predecessor", quoted(configuration.ordinal().predecessor())));
        }
        trust(out, configuration.trust());
        settings(out, configuration.settings());
        if (configuration.trust().isHybrid()) {
            out.append("\n[components]\n")
                    .append(line(
                            "realTime",
                            Boolean.toString(
                                    configuration.settings().components().realTime())));
        }
        for (ClientEntry client : configuration.clients()) {
            out.append("\n[[client]]\n").append(line("name", quoted(client.name())));
        }
        officers(out, configuration.officers());
        for (int i = 0; i < configuration.replicas().size(); i++) {
            replica(out, configuration.replicas().get(i), i);
        }
        return out.toString();
    }

    private static void officers(StringBuilder out, Officers officers) {
        if (!officers.entries().isEmpty()) {
            out.append("\n# Who may change the group, a majority of them unless a policy formula says otherwise.\n");
        }
        officers.policy().ifPresent(json -> out.append("[officers]\n").append(line("policy", quoted(json))));
        for (OfficerEntry officer : officers.entries()) {
            out.append("\n[[officer]]\n").append(line("name", quoted(officer.name())));
            out.append(line("key", quoted(officer.key())));
        }
    }

    private static void trust(StringBuilder out, TrustEntry trust) {
        out.append(
                "\n# Who could fall together. The list means \"or\", the keys inside one clause mean \"together\".\n");
        out.append("[trust]\n");
        out.append(line("model", quoted(trust.model())));
        out.append(line("attributes", list(trust.attributes())));
        out.append(line(
                "tolerate",
                trust.tolerate().stream()
                        .map(TrustEntry.Clause::toString)
                        .collect(Collectors.joining(", ", "[", "]"))));
        out.append(line("form", quoted(trust.form())));
        out.append(line("sharing", quoted(trust.sharing())));
        trust.formula().ifPresent(file -> out.append(line("formula", quoted(file))));
    }

    private static void settings(StringBuilder out, Settings settings) {
        out.append("\n[journal]\n")
                .append(line("sync", Boolean.toString(settings.journal().sync())));
        out.append("\n[rsa]\n").append(line("bits", number(settings.rsa().bits())));
        out.append("\n[keys]\n")
                .append(line("refreshHours", number(settings.keys().refreshHours())));
        out.append(line("patienceSeconds", number(settings.keys().patienceSeconds())));
        out.append("\n[notary]\n")
                .append(line("policy", quoted(settings.notary().policy())));
        out.append(line("accuracySeconds", number(settings.notary().accuracySeconds())));
        out.append("\n[beacon]\n");
        out.append(line("periodSeconds", number(settings.beacon().periodSeconds())));
        authority(out, settings.authority());
        openId(out, settings.openId());
        out.append("\n[gateways]\n");
        out.append(line("timeoutMillis", number(settings.gateways().timeoutMillis())));
        out.append(line("connectionsMax", number(settings.gateways().connectionsMax())));
        out.append(line("connectionsOfAddressMax", number(settings.gateways().connectionsOfAddressMax())));
        signing(out, settings.signing());
    }

    private static void signing(StringBuilder out, SigningSettings settings) {
        if (settings.keys().isEmpty()) {
            return;
        }
        out.append("\n[signing]\n")
                .append(line(
                        "keys",
                        list(settings.keys().stream()
                                .map(SigningSettings.Key::name)
                                .toList())));
        for (SigningSettings.Key key : settings.keys()) {
            out.append("\n[signing.").append(key.name()).append("]\n");
            out.append(line("padding", quoted(key.pss() ? SigningSettings.PSS : SigningSettings.PKCS1)));
            out.append(line("hashes", list(key.hashes())));
            out.append(line("callers", list(key.callers())));
            out.append(line("signaturesPerMinute", number(key.signaturesPerMinute())));
            out.append(line("hosts", list(key.hosts())));
        }
    }

    private static void authority(StringBuilder out, AuthoritySettings settings) {
        AuthoritySettings.Agreed agreed = settings.agreed();
        out.append("\n[authority]\n");
        out.append(line("lifeDays", number(agreed.lifeDays())));
        out.append(line("ordersPerHour", number(agreed.ordersPerHour())));
        out.append(line("credentialsRequired", Boolean.toString(agreed.credentialsRequired())));
        out.append(line("hostile", Boolean.toString(agreed.hostile())));
        out.append(line("permitted", list(agreed.permitted())));
        out.append(line("excluded", list(agreed.excluded())));
        out.append(line("bases", list(agreed.bases())));
        out.append(line("plainBases", list(agreed.plainBases())));
        out.append(line("caaNames", list(agreed.caaNames())));
        out.append("\n[authority.validation]\n");
        out.append(line("httpPort", number(settings.validation().httpPort())));
        out.append(line("tlsAlpnPort", number(settings.validation().tlsAlpnPort())));
        out.append(line("resolver", quoted(settings.validation().resolver())));
        out.append(line("nameServer", quoted(settings.validation().nameServer())));
    }

    private static void openId(StringBuilder out, OpenIdSettings settings) {
        if (settings.equals(OpenIdSettings.DEFAULT)) {
            return;
        }
        out.append("\n[oidc]\n").append(line("open", Boolean.toString(settings.open())));
        out.append(line("place", quoted(settings.place())));
        out.append(line("anchors", list(settings.anchors())));
        for (OpenIdSettings.Client client : settings.clients()) {
            out.append("\n[[oidc.client]]\n").append(line("id", quoted(client.id())));
            out.append(line("redirects", list(client.redirects())));
            out.append(line("secret", quoted(client.secret())));
            out.append(line("algorithm", quoted(client.algorithm())));
            out.append(line("jwks", quoted(client.jwks())));
            out.append(line("certificates", list(client.certificates())));
            client.certified().ifPresent(name -> out.append(line(name.kind().word(), quoted(name.value()))));
            out.append(line("bound", quoted(client.bound())));
        }
        for (OpenIdSettings.Invitation invitation : settings.invitations()) {
            out.append("\n[[oidc.invitation]]\n").append(line("name", quoted(invitation.name())));
            out.append(line("secret", quoted(invitation.secret())));
        }
    }

    private static void replica(StringBuilder out, ReplicaEntry replica, int index) {
        out.append("\n[[replica]]\n");
        out.append(line("id", quoted(replica.id())));
        out.append(line(
                "attributes",
                replica.attributes().entrySet().stream()
                        .map(GroupFile::pair)
                        .collect(Collectors.joining(", ", "{ ", " }"))));
        out.append(line("host", quoted(replica.host())));
        out.append(line("link", number(replica.link())));
        out.append(line("client", number(replica.client())));
        out.append(line("https", number(replica.https())));
        out.append(line("http", number(replica.http())));
        if (replica.seat() != index) {
            out.append(line("seat", number(replica.seat())));
        }
    }

    private static String line(String key, String value) {
        return key + " = " + value + "\n";
    }

    private static String number(int value) {
        return String.format(Locale.ROOT, "%d", value);
    }

    private static String pair(Map.Entry<String, String> entry) {
        String name = entry.getKey().matches("[A-Za-z0-9_-]+") ? entry.getKey() : quoted(entry.getKey());
        return name + " = " + quoted(entry.getValue());
    }

    private static String list(List<String> texts) {
        return texts.stream().map(GroupFile::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /** A basic string of TOML. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                out.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
