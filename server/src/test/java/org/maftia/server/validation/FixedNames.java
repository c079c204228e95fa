package org.maftia.server.validation;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.maftia.services.authority.acme.Problem;

/** Name servers of a test. */
final class FixedNames implements Names {
    final Map<String, List<InetAddress>> addresses = new TreeMap<>();
    final Map<String, List<byte[]>> texts = new TreeMap<>();
    final Map<String, List<Caa>> caa = new TreeMap<>();

    /** Names for which no answer comes. */
    final List<String> silent = new ArrayList<>();

    @Override
    public List<InetAddress> addresses(String host) throws LookException {
        List<InetAddress> found = addresses.get(host);
        if (found == null) {
            throw new LookException(Problem.Kind.DNS, host + " has no address");
        }
        return found;
    }

    @Override
    public List<byte[]> texts(String name) {
        return texts.getOrDefault(name, List.of());
    }

    @Override
    public List<Caa> caa(String name) throws LookException {
        if (silent.contains(name)) {
            throw new LookException(Problem.Kind.DNS, "asking for " + name + " CAA failed");
        }
        return caa.getOrDefault(name, List.of());
    }
}
