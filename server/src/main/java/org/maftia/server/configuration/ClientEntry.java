package org.maftia.server.configuration;

/**
 * One {@code [[client]]}: a program that orders operations in its own name. The ceremony makes its certificate.
 *
 * @param name names its certificate and key
 */
public record ClientEntry(String name) {}
