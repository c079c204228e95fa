package org.maftia.server.validation;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.maftia.services.authority.acme.Problem;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CAARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * Names as their owners signed them: every answer is checked by this replica up to the root of the name space (RFC 4035), and
 * one that is signed wrongly is no answer. Of names whose owners sign nothing the name servers are believed, as everywhere.
 */
final class ValidatingNames implements Names {
    /** The keys of the root (IANA, root-anchors.xml): those of 2017 and of 2024. */
    private static final String ROOT = """
        . IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
        . IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
        """;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int ALIASES_MAX = 8;
    private static final int RECORDS_MAX = 100;

    private final Resolver resolver;

    private ValidatingNames(Resolver resolver) {
        this.resolver = resolver;
    }

    /** @param upstream answers with the signatures that belong to an answer */
    static ValidatingNames over(Resolver upstream) throws IOException {
        upstream.setTimeout(TIMEOUT);
        ValidatingResolver resolver = new ValidatingResolver(upstream);
        resolver.loadTrustAnchors(new ByteArrayInputStream(ROOT.getBytes(StandardCharsets.US_ASCII)));
        resolver.setTimeout(TIMEOUT);
        return new ValidatingNames(resolver);
    }

    private List<org.xbill.DNS.Record> ask(String host, int type) throws LookException {
        try {
            Name name = Name.fromString(host, Name.root);
            for (int i = 0; i < ALIASES_MAX; i++) {
                Message answer = send(name, type);
                List<org.xbill.DNS.Record> found = new ArrayList<>();
                Name alias = null;
                for (org.xbill.DNS.Record one : answer.getSection(Section.ANSWER)) {
                    if (one.getType() == type && found.size() < RECORDS_MAX) {
                        found.add(one);
                    }
                    alias = one instanceof CNAMERecord cname ? cname.getTarget() : alias;
                }
                if (!found.isEmpty() || alias == null) {
                    return found;
                }
                name = alias; // a server that does not follow its own alias
            }
            throw new LookException(Problem.Kind.DNS, "the aliases of " + host + " do not end");
        } catch (TextParseException e) {
            throw new LookException(Problem.Kind.DNS, host + " is no name");
        }
    }

    private Message send(Name name, int type) throws LookException {
        Message answer;
        try {
            answer = resolver.send(Message.newQuery(org.xbill.DNS.Record.newRecord(name, type, DClass.IN)));
        } catch (IOException e) {
            throw new LookException(Problem.Kind.DNS, "asking for " + name + " " + Type.string(type) + " failed");
        }
        int code = answer.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            // SERVFAIL is also what is said of a signature that does not verify.
            throw new LookException(Problem.Kind.DNS, name + " " + Type.string(type) + ": " + Rcode.string(code));
        }
        if (answer.getHeader().getFlag(Flags.TC)) {
            throw new LookException(Problem.Kind.DNS, name + " " + Type.string(type) + ": the answer was cut");
        }
        return answer;
    }

    @Override
    public List<InetAddress> addresses(String host) throws LookException {
        List<InetAddress> addresses = new ArrayList<>();
        for (int type : new int[] {Type.AAAA, Type.A}) {
            for (org.xbill.DNS.Record one : ask(host, type)) {
                switch (one) {
                    case AAAARecord six -> addresses.add(six.getAddress());
                    case ARecord four -> addresses.add(four.getAddress());
                    default -> {}
                }
            }
        }
        if (addresses.isEmpty()) {
            throw new LookException(Problem.Kind.DNS, host + " has no address");
        }
        return addresses;
    }

    @Override
    public List<byte[]> texts(String name) throws LookException {
        List<byte[]> texts = new ArrayList<>();
        for (org.xbill.DNS.Record one : ask(name, Type.TXT)) {
            if (one instanceof TXTRecord text) {
                texts.add(joined(text));
            }
        }
        return texts;
    }

    static byte[] joined(TXTRecord text) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        text.getStringsAsByteArrays().forEach(joined::writeBytes);
        return joined.toByteArray();
    }

    @Override
    public List<Caa> caa(String name) throws LookException {
        List<Caa> properties = new ArrayList<>();
        for (org.xbill.DNS.Record one : ask(name, Type.CAA)) {
            if (one instanceof CAARecord record) {
                boolean critical = (record.getFlags() & 0x80) != 0;
                properties.add(new Caa(critical, record.getTag(), record.getValue()));
            }
        }
        return properties;
    }
}
