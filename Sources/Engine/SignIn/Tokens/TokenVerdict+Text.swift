import AccessModel

extension TokenVerdict {
    /// The verdict on a text that may be no token at all.
    public static func judge(
        _ text: String, by rules: TokenRules, _ keys: KeySet, at now: Instant
    ) -> TokenVerdict {
        do {
            return rules.judge(try SignedToken(text), keys, at: now)
        } catch {
            return malformed(error)
        }
    }

    /// The verdict on a text's signature alone, whatever is signed.
    public static func judgeSignature(of text: String, _ keys: KeySet) -> TokenVerdict {
        let token: SignedToken
        do {
            token = try SignedToken(text)
        } catch {
            return malformed(error)
        }
        let wanted = "by a key of the set and the key's own algorithm"
        let found = token.algorithm + (token.keyID.map { " by `\($0)`" } ?? "")
        switch SignatureCheck.find(token, keys) {
        case .genuine: return TokenVerdict([Finding("signature", wanted: wanted, found: found)])
        case .refused(let refusal):
            return TokenVerdict([Finding("signature", wanted: wanted, found: found, refusal: refusal.reason)])
        }
    }

    public static func malformed(_ error: SignedToken.Malformed) -> TokenVerdict {
        TokenVerdict([Finding("token", wanted: "a signed token in compact form", found: nil, refusal: error.reason)])
    }
}
