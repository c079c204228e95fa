/**
 * The command line: one small class a command.
 *
 * <p>A command prints its result on standard output, or as JSON with {@code --json}; everything else goes to standard
 * error. What goes wrong is a {@link org.maftia.server.command.CommandException}, which {@link
 * org.maftia.server.command.Maftia} prints as an error and a hint.
 */
@NullMarked
package org.maftia.server.command;

import org.jspecify.annotations.NullMarked;
