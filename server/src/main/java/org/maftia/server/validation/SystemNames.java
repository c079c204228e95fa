package org.maftia.server.validation;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.maftia.services.authority.acme.Problem;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Names as the host takes them, its hosts file included: for tests. Nothing is checked, and CAA records are taken as absent,
 * as such a resolver cannot be asked for them.
 */
final class SystemNames implements Names {
    private final Resolver resolver;

    /** @param resolver is asked for texts, which the host's own interface does not give */
    SystemNames(Resolver resolver) {
        this.resolver = resolver;
    }

    @Override
    public List<InetAddress> addresses(String host) throws LookException {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new LookException(Problem.Kind.DNS, "the host knows no address of " + host);
        }
    }

    @Override
    public List<byte[]> texts(String name) throws LookException {
        try {
            Lookup lookup = new Lookup(name, Type.TXT);
            lookup.setResolver(resolver);
            lookup.setCache(null);
            org.xbill.DNS.Record[] records = lookup.run();
            if (lookup.getResult() == Lookup.TRY_AGAIN || lookup.getResult() == Lookup.UNRECOVERABLE) {
                throw new LookException(Problem.Kind.DNS, "asking for the texts of " + name + " failed");
            }
            List<byte[]> texts = new ArrayList<>();
            for (org.xbill.DNS.Record one : records == null ? new org.xbill.DNS.Record[0] : records) {
                if (one instanceof TXTRecord text) {
                    texts.add(ValidatingNames.joined(text));
                }
            }
            return texts;
        } catch (TextParseException e) {
            throw new LookException(Problem.Kind.DNS, name + " is no name");
        }
    }

    @Override
    public List<Caa> caa(String name) {
        return List.of();
    }
}
