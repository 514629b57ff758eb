import CLDAP

/// What a directory, or the library that speaks to it, answers: RFC 4511's numbers, and negative ones of the library.
struct ResultCode: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    static let success = ResultCode(rawValue: 0)
    static let operationsError = ResultCode(rawValue: 1)
    static let timeLimitExceeded = ResultCode(rawValue: 3)
    static let sizeLimitExceeded = ResultCode(rawValue: 4)
    static let authMethodNotSupported = ResultCode(rawValue: 7)
    static let strongerAuthRequired = ResultCode(rawValue: 8)
    static let partialResults = ResultCode(rawValue: 9)
    static let referral = ResultCode(rawValue: 10)
    static let adminLimitExceeded = ResultCode(rawValue: 11)
    static let unavailableCriticalExtension = ResultCode(rawValue: 12)
    static let confidentialityRequired = ResultCode(rawValue: 13)
    static let noSuchAttribute = ResultCode(rawValue: 16)
    static let undefinedAttributeType = ResultCode(rawValue: 17)
    static let constraintViolation = ResultCode(rawValue: 19)
    static let attributeOrValueExists = ResultCode(rawValue: 20)
    static let invalidAttributeSyntax = ResultCode(rawValue: 21)
    static let noSuchObject = ResultCode(rawValue: 32)
    static let invalidDNSyntax = ResultCode(rawValue: 34)
    static let inappropriateAuthentication = ResultCode(rawValue: 48)
    static let invalidCredentials = ResultCode(rawValue: 49)
    static let insufficientAccessRights = ResultCode(rawValue: 50)
    static let busy = ResultCode(rawValue: 51)
    static let unavailable = ResultCode(rawValue: 52)
    static let unwillingToPerform = ResultCode(rawValue: 53)
    static let namingViolation = ResultCode(rawValue: 64)
    static let objectClassViolation = ResultCode(rawValue: 65)
    static let notAllowedOnNonLeaf = ResultCode(rawValue: 66)
    static let notAllowedOnRDN = ResultCode(rawValue: 67)
    static let entryAlreadyExists = ResultCode(rawValue: 68)
    static let objectClassModsProhibited = ResultCode(rawValue: 69)

    static let serverDown = ResultCode(rawValue: -1)
    static let decodingError = ResultCode(rawValue: -4)
    static let timeout = ResultCode(rawValue: -5)
    static let connectError = ResultCode(rawValue: -11)

    /// The library's words for it.
    var text: String { String(cString: ldap_err2string(rawValue)) }

    /// Whether the connection is of no use any more: what was asked last may have happened or not.
    var breaksConnection: Bool { rawValue < 0 && rawValue != LDAP_FILTER_ERROR && rawValue != LDAP_PARAM_ERROR }
}
