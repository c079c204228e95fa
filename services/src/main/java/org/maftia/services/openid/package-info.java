/**
 * An OpenID provider: people sign in with passkeys or passwords, relying parties get tokens that the group signed.
 *
 * <p>What no fault set can do: sign in as somebody, have a token signed that nobody signed in for, or learn from the log or the
 * state what would help it to. Every replica verifies the passkey's signature over a challenge that the group drew, and holds
 * public keys alone. Codes, refresh tokens, cookies, secrets of clients and invitations are {@linkplain
 * org.maftia.services.openid.BearerSecret proved and never shown}; a token is signed for the one gateway that asked, so no other
 * replica sees it.
 *
 * <p>A password is evaluated by the group, blinded, and becomes {@linkplain org.maftia.services.openid.PasswordKey a key}, which signs.
 * Who has the seeds of a fault set and all that the group keeps cannot tell a right guess from a wrong one; guesses with the group's
 * help are counted in the log.
 *
 * <p>What a corrupted gateway can: it ends TLS, so it sees tokens and client secrets of those who come to it, and can serve
 * a page of its own, which takes passwords that are typed into it. It cannot use a passkey in another's name afterwards: each
 * signature is for one challenge, once.
 *
 * {@snippet lang="java" :
 * BearerSecret code = BearerSecret.of(BearerSecret.Use.CODE, random);
 * ProviderCommand wish = new ProviderCommand.Redeem(
 *         code.verifier(), Caller.of("shop"), "https://shop.example/back", pkce, next.verifier());
 * byte[] operation = ProvedCommand.CODEC.encode(ProvedCommand.of(wish, gateway, List.of(code)));
 * }
 *
 * <p>Source: OpenID Connect Core 1.0; RFC 6749, 7636 (PKCE), 7009, 7662, 9068, 9207; W3C Web Authentication, level 2.
 */
@NullMarked
package org.maftia.services.openid;

import org.jspecify.annotations.NullMarked;
