package org.maftia.server.validation;

import java.net.InetAddress;
import java.util.List;

/** What name servers say. A failure to learn it is told apart from the answer that there is nothing. */
interface Names {
    /** Addresses of a host, those of version 6 first; at least one. */
    List<InetAddress> addresses(String host) throws LookException;

    /** The texts at a name, each put together; empty where there are none. */
    List<byte[]> texts(String name) throws LookException;

    /** The CAA records at exactly this name, aliases followed; empty where there are none. */
    List<Caa> caa(String name) throws LookException;

    /**
     * A property of RFC 8659, section 4.
     *
     * @param critical whether who does not know its tag must not issue
     */
    record Caa(boolean critical, String tag, String value) {}
}
