import CEL
import Testing

@Suite struct LogicTests {
    @Test(arguments: operators + macros) func errorsAreTakenInAsTheyShould(_ one: Case) { one.check() }

    static let operators = [Case](
        lines: #"""
            true && true => true
            true && false => false
            false && true => false
            true || false => true
            false || false => false
            true && true && false => false
            false || false || true => true
            true || false && false => true
            (true || false) && false => false
            !false && true => true
            false && 1 / 0 == 0 => false
            1 / 0 == 0 && false => false
            true && 1 / 0 == 0 => !division_by_zero
            1 / 0 == 0 && true => !division_by_zero
            true || 1 / 0 == 0 => true
            1 / 0 == 0 || true => true
            false || 1 / 0 == 0 => !division_by_zero
            1 / 0 == 0 || false => !division_by_zero
            1 / 0 == 0 && 1 % 0 == 0 && false => false
            1 / 0 == 0 || 1 % 0 == 0 || true => true
            1 / 0 == 0 && 1 % 0 == 0 => !division_by_zero
            false && "a" => false
            "a" && false => false
            true && "a" => !no_such_overload
            "a" && true => !no_such_overload
            1 && 2 => !no_such_overload
            "a" || true => true
            "a" || false => !no_such_overload
            null || true => true
            nothing && false => false
            nothing || true => true
            nothing && true => !undeclared_reference
            nosuch(1) && false => false
            nosuch(1) || false => !no_such_overload
            !1 => !no_such_overload
            !null => !no_such_overload
            true ? 1 : 2 => 1
            false ? 1 : 2 => 2
            true ? 1 : 1 / 0 => 1
            false ? 1 / 0 : 2 => 2
            1 / 0 == 0 ? 1 : 1 => !division_by_zero
            1 ? 1 : 2 => !no_such_overload
            null ? 1 : 2 => !no_such_overload
            true ? false ? 1 : 2 : 3 => !syntax
            true ? (false ? 1 : 2) : 3 => 2
            false ? 1 : true ? 2 : 3 => 2
            false ? 1 : false ? 2 : 3 => 3
            true || false ? 1 : 2 => 1
            1 < 2 ? "a" : "b" => "a"
            true ? "a" : 1 => "a"
            true && true && true && true && true && true && true && true && true && 1 / 0 == 1 => !division_by_zero
            true && true && true && true && true && true && true && true && 1 / 0 == 1 && false => false
            false || false || false || false || false || false || false || false || 1 / 0 == 1 || true => true
            false || false || false || false || false || false || false || false || false || 1 / 0 == 1 => !division_by_zero
            """#)

    static let macros = [Case](
        lines: #"""
            [1, 2, 3].all(x, x > 0) => true
            [1, 2, 3].all(x, x > 1) => false
            [].all(x, x > 0) => true
            [].all(x, 1 / 0 == 0) => true
            [1, 0].all(x, 1 / x == 2) => false
            [0, 1].all(x, 1 / x == 2) => false
            [0, 1].all(x, 1 / x == 1) => !division_by_zero
            [1, 2].all(x, x) => !no_such_overload
            ["a", 1].all(x, x > 5) => false
            [1, 2, 3].exists(x, x > 2) => true
            [1, 2, 3].exists(x, x > 3) => false
            [].exists(x, true) => false
            [0, 1].exists(x, 1 / x == 1) => true
            [0, 2].exists(x, 1 / x == 1) => !division_by_zero
            [1, "a"].exists(x, x == "a") => true
            [1].exists(x, x) => !no_such_overload
            [1, 2, 3].exists_one(x, x > 2) => true
            [1, 2, 3].exists_one(x, x > 1) => false
            [1, 2, 3].existsOne(x, x > 2) => true
            [].exists_one(x, true) => false
            [0, 1].exists_one(x, 1 / x == 1) => !division_by_zero
            [1, 2].exists_one(x, "a") => !no_such_overload
            [1, 2, 3].map(x, x * x) => [1, 4, 9]
            [].map(x, x) => []
            [1, 0].map(x, 1 / x) => !division_by_zero
            [1, 2, 3].map(x, x > 1, x * 2) => [4, 6]
            [1, 0].map(x, x > 0, 1 / x) => [1]
            [1].map(x, "a", x) => !no_such_overload
            [1, 2, 3, 4].filter(x, x % 2 == 0) => [2, 4]
            [1].filter(x, 1 / 0 == 0) => !division_by_zero
            [1].filter(x, x) => !no_such_overload
            {"a": 1, "b": 2}.all(k, k < "c") => true
            {"a": 1, "b": 2}.exists(k, k == "b") => true
            {"a": 1, "b": 2}.exists_one(k, k == "b") => true
            {"a": 1, "b": 2}.map(k, k + k) => ["aa", "bb"]
            {"a": 1, "b": 2}.filter(k, k == "a") => ["a"]
            {1: 2}.exists(k, k == 1) => true
            "abc".all(x, true) => !no_such_overload
            1.exists(x, true) => !no_such_overload
            null.map(x, x) => !no_such_overload
            [1, 2].map(x, [3, 4].map(y, x * y)) => [[3, 4], [6, 8]]
            [1, 2].map(x, [x].map(x, x + 1)) => [[2], [3]]
            [[1, 2], [3]].all(x, x.all(y, y > 0)) => true
            [1, 2, 3].filter(x, x > 1).map(y, y * 10) => [20, 30]
            [1, 2].all(1, true) => !syntax
            [1, 2].all(x.y, true) => !syntax
            [1, 2].map("x", true) => !syntax
            [1, 2].all(.x, true) => !syntax
            [1, 2].all(x) => !no_such_overload
            [1, 2].all(x, true, false) => !no_such_overload
            all([1], x, true) => !no_such_overload
            has({"a": 1}.a) => true
            has({"a": 1}.b) => false
            has({"a": {"b": null}}.a.b) => true
            has({"a": 1}.b.c) => !no_such_key
            has({}.a) => false
            has([].a) => !no_such_overload
            has(1.a) => !no_such_overload
            has((1).a) => !no_such_overload
            has(null.a) => !no_such_overload
            has(a) => !syntax
            has({"a": 1}["a"]) => !syntax
            has(1) => !syntax
            """#)
}
