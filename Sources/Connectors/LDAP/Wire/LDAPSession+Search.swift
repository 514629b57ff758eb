import CLDAP
import Foundation

/// How a search ended.
enum SearchEnd: Hashable, Sendable {
    /// The server said that this was all.
    case complete
    /// What was brought back may not be all, and why.
    case partial(String)

    /// Both searches together.
    func and(_ other: SearchEnd) -> SearchEnd { self == .complete ? other : self }
}

extension LDAPSession {
    /// Brings back entries page by page, each to `receive`, until the server says that there are no more.
    ///
    /// A limit or a referral ends it as partial; that is for the caller to mind. A base that is not there is an error:
    /// it never looks like an empty directory.
    func search(
        _ request: SearchRequest, pageSize: Int, receive: (DirectoryEntry) -> Void
    ) throws(LDAPFailure) -> SearchEnd {
        var cookie: [UInt8] = []
        var end = SearchEnd.complete
        repeat {
            let page = try page(request, size: pageSize, after: cookie, receive: receive)
            end = end.and(page.end)
            cookie = page.cookie
        } while !cookie.isEmpty && end == .complete
        return end
    }

    /// All entries, and it is an error if they may not be all.
    func search(_ request: SearchRequest, pageSize: Int) throws(LDAPFailure) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        let end = try search(request, pageSize: pageSize) { entries.append($0) }
        if case .partial(let reason) = end { throw .refused(.incomplete, reason) }
        return entries
    }

    /// Several searches on their way at the same time, for each all of its entries, and it is an error if they may not
    /// be all.
    ///
    /// They are of few entries each, and go without pages: a server keeps one listing by pages for a connection. One that
    /// turns out to be of more entries than the server gives at once is asked again, page by page.
    func search(_ requests: [SearchRequest], pageSize: Int) throws(LDAPFailure) -> [[DirectoryEntry]] {
        var found: [[DirectoryEntry]] = []
        for group in requests.chunked(Self.underway) {
            var sent: ArraySlice<Int32> = []
            // What is not waited for any more must not come in between later.
            defer { for message in sent { ldap_abandon_ext(handle, message, nil, nil) } }
            for request in group { sent.append(try send(request, page: nil)) }
            for request in group {
                guard let message = sent.popFirst() else { break }
                var entries: [DirectoryEntry] = []
                let page = try receiveAll(message) { entries.append($0) }
                found.append(page.end == .complete ? entries : try search(request, pageSize: pageSize))
            }
        }
        return found
    }

    /// So many requests are sent before the first answer is waited for.
    private static let underway = 32

    /// The entry of this name; nil if there is none.
    func entry(
        _ dn: String, filter: SearchFilter = .everything, attributes: [String]
    ) throws(LDAPFailure) -> DirectoryEntry? {
        var found: DirectoryEntry?
        do throws(LDAPFailure) {
            let request = SearchRequest(base: dn, scope: .base, filter: filter, attributes: attributes)
            let page = try receiveAll(try send(request, page: nil)) { found = $0 }
            if case .partial(let reason) = page.end { throw LDAPFailure.refused(.incomplete, reason) }
        } catch  where error.resultCode == .noSuchObject {
            return nil
        }
        return found
    }

    private struct Page {
        var cookie: [UInt8] = []
        var end = SearchEnd.complete
    }

    private func page(
        _ request: SearchRequest, size: Int, after cookie: [UInt8], receive: (DirectoryEntry) -> Void
    ) throws(LDAPFailure) -> Page {
        try receiveAll(try send(request, page: PageRequest(size: size, cookie: cookie)), receive: receive)
    }

    private struct PageRequest {
        let size: Int
        /// Of the page before; empty for the first.
        let cookie: [UInt8]
    }

    /// The number of the message that was sent; its answers are for ``receiveAll(_:receive:)``.
    private func send(_ request: SearchRequest, page: PageRequest?) throws(LDAPFailure) -> Int32 {
        let memory = RequestMemory()
        var paging: UnsafeMutablePointer<LDAPControl>?
        defer { if let paging { ldap_control_free(paging) } }
        if let page {
            var raw = memory.value(page.cookie)
            try check(ldap_create_page_control(handle, ber_int_t(page.size), &raw, 1, &paging))
        }
        let controls = memory.array([paging, nil])
        var message: Int32 = 0
        try check(
            ldap_search_ext(
                handle, request.base, request.scope.rawValue, request.filter.description,
                memory.strings(request.attributes), 0, controls, nil, nil, 0, &message))
        return message
    }

    private func receiveAll(
        _ request: Int32, receive: (DirectoryEntry) -> Void
    ) throws(LDAPFailure) -> Page {
        var references = 0
        while true {
            var answer: OpaquePointer?
            var timeout = endpoint.operationTimeout.timeval
            let kind = ldap_result(handle, request, 0, &timeout, &answer)
            defer { if let answer { ldap_msgfree(answer) } }
            if kind == 0 {
                ldap_abandon_ext(handle, request, nil, nil)
                throw failure(.timeout)
            }
            guard kind > 0, let answer else { throw lastFailure() }
            switch UInt32(kind) {
            case 0x64: receive(try entry(from: answer))
            case 0x73: references += 1
            case 0x65:
                var page = try finish(answer)
                if references > 0 {
                    page.end = page.end.and(.partial("\(references) references to other servers were not followed"))
                }
                return page
            default: continue
            }
        }
    }

    /// What the last message of a page says: the code, and where the next page begins.
    private func finish(_ answer: OpaquePointer) throws(LDAPFailure) -> Page {
        var code: Int32 = 0
        var text: UnsafeMutablePointer<CChar>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        defer {
            ldap_memfree(text)
            ldap_controls_free(controls)
        }
        try check(ldap_parse_result(handle, answer, &code, nil, &text, nil, &controls, 0))
        let said = text.map { String(cString: $0) } ?? ""
        let result = ResultCode(rawValue: code)
        var page = Page(cookie: try cookie(in: controls))
        switch result {
        case .success: break
        case .sizeLimitExceeded, .timeLimitExceeded, .adminLimitExceeded, .partialResults, .referral:
            page.end = .partial("the server ended the listing with `\(result.text)`\(said.isEmpty ? "" : ": \(said)")")
        default:
            if result.breaksConnection || result == .unavailable { throw failure(result) }
            throw .answered(result, said)
        }
        return page
    }

    private func cookie(
        in controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
    ) throws(LDAPFailure) -> [UInt8] {
        guard let control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nil) else { return [] }
        var count: ber_int_t = 0
        var cookie = berval()
        try check(ldap_parse_pageresponse_control(handle, control, &count, &cookie))
        defer { ldap_memfree(cookie.bv_val) }
        return cookie.bytes
    }

    /// Everything is read where the library holds it; nothing is copied but into the entry itself.
    private func entry(from message: OpaquePointer) throws(LDAPFailure) -> DirectoryEntry {
        var position: OpaquePointer?
        defer { if let position { ber_free(position, 0) } }
        var dn = berval()
        try check(ldap_get_dn_ber(handle, message, &position, &dn))
        var entry = DirectoryEntry(dn: String(decoding: dn.buffer, as: UTF8.self))
        while true {
            var attribute = berval()
            var values: UnsafeMutablePointer<berval>?
            try check(ldap_get_attribute_ber(handle, message, position, &attribute, &values))
            guard attribute.bv_val != nil else { return entry }
            defer { ber_memfree(values) }
            let name = attributeNames.name(of: attribute.buffer)
            var next = values
            while let value = next, value.pointee.bv_val != nil {
                entry.append(value.pointee.buffer, to: name)
                next = value + 1
            }
        }
    }
}

extension berval {
    /// For as long as whoever made it keeps it.
    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bv_val, count: bv_val == nil ? 0 : Int(bv_len)) }

    var bytes: [UInt8] { Array(buffer) }
}
