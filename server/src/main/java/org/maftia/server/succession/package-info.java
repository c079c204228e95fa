/**
 * From one configuration of a group to the next, as operators and processes see it.
 *
 * <p>The transcript of a ceremony describes its configuration whole: members with their seats and keys, trust, officers,
 * clients, services. So one document says what a {@link org.maftia.server.succession.Known} configuration is, its digest
 * stands in what the officers sign, and who has it together with a certificate of the group ({@link
 * org.maftia.server.succession.Step}) needs nothing else to go on from the configuration before.
 *
 * <p>A replica has a directory of keys for each configuration ({@link org.maftia.server.succession.KeyFolders}), which its
 * {@link org.maftia.server.succession.Keyring} opens as they come.
 *
 * {@snippet lang="java" :
 * Known now = Known.of(GroupTranscript.read(transcript));                // trusted as far as the file is
 * Step step = Step.CODEC.decode(anyReplicasAnswer);
 * Known next = step.follow(now);                                         // or RefusedReadException, with the reason
 * }
 */
@NullMarked
package org.maftia.server.succession;

import org.jspecify.annotations.NullMarked;
