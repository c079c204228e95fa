package org.maftia.server.validation;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.configuration.AuthoritySettings;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.runtime.Observer;
import org.maftia.services.authority.ProbeFinding;
import org.maftia.services.authority.ProbeQuestion;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.pki.Identifier;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;

/** Looks, for the authority, whether an account controls a name and may have it certified; what it saw is a vote. */
public final class NameObserver implements Observer {
    private final HttpLook http;
    private final DnsLook dns;
    private final TlsAlpnLook tls;
    private final CaaCheck caa;

    /**
     * @param caaNames by which CAA records may mean this authority
     * @param bases the places of the gateways
     */
    NameObserver(Names names, AuthoritySettings.Validation settings, List<String> caaNames, List<String> bases) {
        AddressPolicy policy = new AddressPolicy(settings.isSystem());
        this.http = new HttpLook(names, policy, settings.httpPort());
        this.dns = new DnsLook(names);
        this.tls = new TlsAlpnLook(names, policy, settings.tlsAlpnPort());
        this.caa = new CaaCheck(names, caaNames, bases);
    }

    /** With the resolver that the settings name. */
    public static NameObserver of(AuthoritySettings.Validation settings, List<String> caaNames, List<String> bases)
            throws ConfigurationException {
        try {
            Resolver upstream = upstream(settings.nameServer());
            Names names = settings.isSystem() ? new SystemNames(upstream) : ValidatingNames.over(upstream);
            return new NameObserver(names, settings, caaNames, bases);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "no name server can be asked: " + e.getMessage(), "set authority.validation.nameServer");
        }
    }

    private static Resolver upstream(String server) throws UnknownHostException {
        if (server.isEmpty()) {
            return new ExtendedResolver();
        }
        int colon = server.lastIndexOf(':');
        SimpleResolver resolver = new SimpleResolver(colon < 0 ? server : server.substring(0, colon));
        if (colon >= 0) {
            resolver.setPort(Integer.parseInt(server.substring(colon + 1)));
        }
        return resolver;
    }

    @Override
    public byte[] observe(byte[] question) {
        return ProbeFinding.CODEC.encode(finding(question));
    }

    private ProbeFinding finding(byte[] encoded) {
        try {
            ProbeQuestion question = ProbeQuestion.CODEC.decode(encoded);
            if (question.identifier().kind() == Identifier.Kind.DNS) {
                caa.require(
                        question.identifier().value(),
                        question.wildcard(),
                        question.method().word(),
                        question.accountPath());
            }
            return switch (question.method()) {
                case HTTP_01 -> http.look(question);
                case DNS_01 -> dns.look(question);
                case TLS_ALPN_01 -> tls.look(question);
            };
        } catch (LookException e) {
            return ProbeFinding.bad(e.kind(), e.address(), String.valueOf(e.getMessage()));
        } catch (MalformedException e) {
            return ProbeFinding.bad(Problem.Kind.SERVER_INTERNAL, "", "the question is of a newer version");
        }
    }
}
