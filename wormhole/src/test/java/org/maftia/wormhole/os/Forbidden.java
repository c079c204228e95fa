package org.maftia.wormhole.os;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;

/** A program that opens a socket, with or without the filter in force; ends with 0 if it could. */
final class Forbidden {
    private Forbidden() {}

    public static void main(String[] arguments) throws IOException {
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).close(); // all that it takes is loaded
        if (arguments[0].equals("closed")) {
            Sandbox.close(Sandbox.Mode.KILL).ifPresent(whyNot -> {
                System.err.println(whyNot);
                Runtime.getRuntime().halt(75);
            });
        }
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).close();
        Runtime.getRuntime().halt(0);
    }
}
