import AccessModel

extension TokenRules {
    /// Judges a token by these rules. The same arguments give the same verdict.
    public func judge(_ token: SignedToken, _ keys: KeySet, at now: Instant) -> TokenVerdict {
        var findings = [signature(token, keys), type(token)]
        guard let claims = TokenClaims(token) else {
            findings.append(
                TokenVerdict.Finding(
                    "payload", wanted: "a JSON object", found: nil, refusal: "it is none, or names a member twice"))
            return TokenVerdict(findings)
        }
        findings += [
            exact("iss", issuer, claims), audience(claims), authorizedParty(claims), subject(claims),
            expiry(claims, now), begin("nbf", claims, now), begin("iat", claims, now),
        ].compactMap { $0 }
        if let maximumLifetime { findings.append(lifetime(claims, maximumLifetime)) }
        if let nonce {
            // What was found and what was wanted are this sign-in's own secret.
            let isSame = claims.text("nonce").value.map { ConstantTime.areEqual($0, nonce) } ?? false
            findings.append(
                TokenVerdict.Finding(
                    "nonce", wanted: "this sign-in's", found: isSame ? "this sign-in's" : nil,
                    refusal: isSame ? nil : "it is of another sign-in, or none"))
        }
        return TokenVerdict(findings)
    }

    private func signature(_ token: SignedToken, _ keys: KeySet) -> TokenVerdict.Finding {
        let isAny = algorithms.count == SigningAlgorithm.allCases.count
        let wanted =
            (isAny ? "" : algorithms.map(\.rawValue).sorted().joined(separator: ", ") + " ") + "by a key of the issuer"
        let found = token.algorithm + (token.keyID.map { " by `\($0)`" } ?? "")
        switch SignatureCheck.find(token, keys, allowed: algorithms) {
        case .genuine: return TokenVerdict.Finding("signature", wanted: wanted, found: found)
        case .refused(let refusal):
            return TokenVerdict.Finding("signature", wanted: wanted, found: found, refusal: refusal.reason)
        }
    }

    private func type(_ token: SignedToken) -> TokenVerdict.Finding {
        TokenVerdict.Finding(
            "typ", wanted: kind.wanted, found: token.type,
            refusal: kind.takes(token.type) ? nil : "a token of this type is for something else")
    }

    private func exact(_ name: String, _ wanted: String, _ claims: TokenClaims) -> TokenVerdict.Finding {
        let found = claims.text(name)
        let refusal: String? =
            switch found {
            case .missing: "it is missing"
            case .malformed: "it is not a string"
            case .value(let text): text.utf8.elementsEqual(wanted.utf8) ? nil : "it is another one"
            }
        return TokenVerdict.Finding(name, wanted: wanted, found: found.value, refusal: refusal)
    }

    private func audience(_ claims: TokenClaims) -> TokenVerdict.Finding {
        let found = claims.audiences
        let refusal: String? =
            switch found {
            case .missing: "it is missing"
            case .malformed: "it is neither a string nor a list of strings"
            case .value(let list):
                list.contains { $0.utf8.elementsEqual(audience.utf8) } ? nil : "it is for another one"
            }
        return TokenVerdict.Finding(
            "aud", wanted: audience, found: found.value?.joined(separator: ", "), refusal: refusal)
    }

    /// Whom the token was made for. Where it has several audiences any of them could hand it on, so it has to say.
    private func authorizedParty(_ claims: TokenClaims) -> TokenVerdict.Finding? {
        let wanted = authorizedParties.sorted().joined(separator: " or ")
        switch claims.text("azp") {
        case .missing:
            guard let list = claims.audiences.value, list.count > 1 else { return nil }
            return TokenVerdict.Finding(
                "azp", wanted: wanted, found: nil, refusal: "it is for several audiences and does not say whose it is")
        case .malformed: return TokenVerdict.Finding("azp", wanted: wanted, found: nil, refusal: "it is not a string")
        case .value(let party):
            let isKnown = authorizedParties.contains { $0.utf8.elementsEqual(party.utf8) }
            return TokenVerdict.Finding(
                "azp", wanted: wanted, found: party, refusal: isKnown ? nil : "it was made for somebody else")
        }
    }

    private func subject(_ claims: TokenClaims) -> TokenVerdict.Finding {
        if let subject { return exact("sub", subject, claims) }
        let found = claims.text("sub")
        let refusal: String? =
            switch found {
            case .missing: "it is missing"
            case .malformed: "it is not a string"
            case .value(let text): text.isEmpty ? "it is empty" : nil
            }
        return TokenVerdict.Finding("sub", wanted: "somebody", found: found.value, refusal: refusal)
    }

    private func expiry(_ claims: TokenClaims, _ now: Instant) -> TokenVerdict.Finding {
        let found = claims.time("exp")
        let refusal: String? =
            switch found {
            case .missing: "it is missing: a token without an end is good for ever"
            case .malformed: "it is not a time"
            case .value(let end): now >= end + leeway ? "it is over" : nil
            }
        return TokenVerdict.Finding(
            "exp", wanted: "after \(now - leeway)", found: found.value?.description, refusal: refusal)
    }

    /// A time that must not lie ahead; it may be left out.
    private func begin(_ name: String, _ claims: TokenClaims, _ now: Instant) -> TokenVerdict.Finding? {
        let found = claims.time(name)
        let refusal: String? =
            switch found {
            case .missing: nil
            case .malformed: "it is not a time"
            case .value(let start): start > now + leeway ? "it lies ahead" : nil
            }
        guard found != .missing else { return nil }
        return TokenVerdict.Finding(
            name, wanted: "not after \(now + leeway)", found: found.value?.description, refusal: refusal)
    }

    private func lifetime(_ claims: TokenClaims, _ longest: Span) -> TokenVerdict.Finding {
        let wanted = "at most \(longest)"
        guard let start = claims.time("iat").value, let end = claims.time("exp").value else {
            return TokenVerdict.Finding(
                "lifetime", wanted: wanted, found: nil, refusal: "without `iat` and `exp` it cannot be told")
        }
        return TokenVerdict.Finding(
            "lifetime", wanted: wanted, found: (end - start).description,
            refusal: end - start > longest ? "it is good for longer" : nil)
    }
}
