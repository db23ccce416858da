/// Programs, their inputs and results. Kept as text, which compiles in no time.
enum JqCases {
    static let results = #"""
        . ⟶ {"a":1} ⟶ [{"a":1}]
        .a ⟶ {"a":1} ⟶ [1]
        .a.b ⟶ {"a":{"b":2}} ⟶ [2]
        .a[0] ⟶ {"a":[5]} ⟶ [5]
        .a[] ⟶ {"a":[1,2]} ⟶ [1,2]
        .[] ⟶ [1,2,3] ⟶ [1,2,3]
        .[1:3] ⟶ [1,2,3,4] ⟶ [[2,3]]
        .[-1] ⟶ [1,2] ⟶ [2]
        .[:-1] ⟶ [1,2,3] ⟶ [[1,2]]
        .a? ⟶ 5 ⟶ []
        .a // 3 ⟶ {} ⟶ [3]
        .a, .b ⟶ {"a":1,"b":2} ⟶ [1,2]
        {id, n: .name} ⟶ {"id":1,"name":"x"} ⟶ [{"id":1,"n":"x"}]
        [.[] | .x] ⟶ [{"x":1},{"x":2}] ⟶ [[1,2]]
        .value * 2 ⟶ {"value":21} ⟶ [42]
        1 / 2, 6 / 3, 7 % 3, -7 % 3 ⟶ 1 ⟶ [0.5,2,1,-1]
        1 + 2 * 3 - 4 ⟶ 1 ⟶ [3]
        .[] | select(. > 1) ⟶ [1,2,3] ⟶ [2,3]
        map(. + 1) ⟶ [1,2] ⟶ [[2,3]]
        keys ⟶ {"b":1,"a":2} ⟶ [["a","b"]]
        length ⟶ [1,2] ⟶ [2]
        to_entries ⟶ {"a":1} ⟶ [[{"key":"a","value":1}]]
        from_entries ⟶ [{"key":"a","value":1},{"name":"b","value":false},{"k":3,"v":4}] ⟶ [{"a":1,"b":false,"3":4}]
        with_entries(.value += 1) ⟶ {"a":1} ⟶ [{"a":2}]
        first, last ⟶ [1,2,3] ⟶ [1,3]
        sort_by(.a) ⟶ [{"a":2},{"a":1}] ⟶ [[{"a":1},{"a":2}]]
        group_by(.a) | map(length) ⟶ [{"a":2},{"a":1},{"a":2}] ⟶ [[1,2]]
        unique ⟶ [3,1,3] ⟶ [[1,3]]
        unique_by(length) ⟶ ["a","bb","c"] ⟶ [["a","bb"]]
        min_by(.a).a, max_by(.a).a ⟶ [{"a":2},{"a":1}] ⟶ [1,2]
        add ⟶ [1,2,3] ⟶ [6]
        add ⟶ ["a","b"] ⟶ ["ab"]
        join(",") ⟶ ["a",1,null] ⟶ ["a,1,"]
        split(",") ⟶ "a,b" ⟶ [["a","b"]]
        test("B"; "i") ⟶ "abc" ⟶ [true]
        [match("b+"; "g") | .offset] ⟶ "abbcb" ⟶ [[1,4]]
        sub("(?<x>b)"; "<\(.x)>") ⟶ "abc" ⟶ ["a<b>c"]
        gsub("[ab]"; "") ⟶ "abcab" ⟶ ["c"]
        capture("(?<y>\\d+)-(?<m>\\d+)") ⟶ "2024-05" ⟶ [{"y":"2024","m":"05"}]
        [scan("\\d")] ⟶ "a1b2" ⟶ [["1","2"]]
        has("a"), (.a | has(0)) ⟶ {"a":[1]} ⟶ [true,true]
        contains({a:[1]}) ⟶ {"a":[1,2],"b":1} ⟶ [true]
        tostring, ("12" | tonumber) ⟶ [1] ⟶ ["[1]",12]
        tojson | fromjson ⟶ {"a":[1,null]} ⟶ [{"a":[1,null]}]
        map(type) ⟶ [null,true,1,"",[],{}] ⟶ [["null","boolean","number","string","array","object"]]
        if . > 1 then "x" elif . == 1 then "y" else "z" end ⟶ 1 ⟶ ["y"]
        if . then 1 end ⟶ false ⟶ [false]
        .[] as [$a, $b] | {a: $a, b: $b} ⟶ [[1,2]] ⟶ [{"a":1,"b":2}]
        . as {a: $x, b: [$y]} | $x + $y ⟶ {"a":1,"b":[2]} ⟶ [3]
        reduce .[] as $x (0; . + $x) ⟶ [1,2,3] ⟶ [6]
        [foreach .[] as $x (0; . + $x; [$x, .])] ⟶ [1,2] ⟶ [[[1,1],[2,3]]]
        def f(x): x * 2; f(.) ⟶ 4 ⟶ [8]
        def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; fac ⟶ 10 ⟶ [3628800]
        def f($a; g): $a + g; f(1; 2, 3) ⟶ 0 ⟶ [3,4]
        [..] ⟶ [[1]] ⟶ [[[[1]],[1],1]]
        @base64, @json, ("eA==" | @base64d) ⟶ "x" ⟶ ["eA==","\"x\"","x"]
        @csv ⟶ [1,"a\"b",null,true] ⟶ ["1,\"a\"\"b\",,true"]
        @tsv, @sh ⟶ ["a b","c"] ⟶ ["a b\tc","'a b' 'c'"]
        @html "<\(.)>", @uri "?q=\(.)" ⟶ "a&b c" ⟶ ["<a&amp;b c>","?q=a%26b%20c"]
        "v\(1 + 2) \(.a)" ⟶ {"a":[1]} ⟶ ["v3 [1]"]
        .a = 5 ⟶ {} ⟶ [{"a":5}]
        .a |= . + 1 ⟶ {"a":1} ⟶ [{"a":2}]
        .[] += 1 ⟶ [1,2] ⟶ [[2,3]]
        .a //= 4 ⟶ {} ⟶ [{"a":4}]
        .a.b[1] = 2 ⟶ {} ⟶ [{"a":{"b":[null,2]}}]
        del(.a, .c[0]) ⟶ {"a":1,"b":2,"c":[1,2]} ⟶ [{"b":2,"c":[2]}]
        del(.[] | select(. > 1)) ⟶ [1,2,3] ⟶ [[1]]
        [paths] ⟶ {"a":[1]} ⟶ [[["a"],["a",0]]]
        [path(.a[].b?)] ⟶ {"a":[{"b":1}]} ⟶ [[["a",0,"b"]]]
        [limit(3; repeat(1))] ⟶ 0 ⟶ [[1,1,1]]
        first(range(5; 100)) ⟶ 0 ⟶ [5]
        [range(0; 10; 3)] ⟶ 0 ⟶ [[0,3,6,9]]
        [range(3; 0; -1)] ⟶ 0 ⟶ [[3,2,1]]
        label $out | 1, break $out, 2 ⟶ 0 ⟶ [1]
        [.[] | try error("x") catch .] ⟶ [1] ⟶ [["x"]]
        try error({a:1}) catch .a ⟶ 0 ⟶ [1]
        [.[] | (1 / .)?] ⟶ [1,0,2] ⟶ [[1,0.5]]
        (try .a) // "d" ⟶ 5 ⟶ ["d"]
        until(. > 100; . * 2) ⟶ 1 ⟶ [128]
        [while(. < 5; . + 2)] ⟶ 1 ⟶ [[1,3]]
        [recurse(if . < 3 then . + 1 else empty end)] ⟶ 0 ⟶ [[0,1,2,3]]
        any, all ⟶ [true,false] ⟶ [true,false]
        any(. > 2), all(.[]; . > 0) ⟶ [1,2,3] ⟶ [true,true]
        flatten, flatten(1) ⟶ [1,[2,[3]]] ⟶ [[1,2,3],[1,2,[3]]]
        [splits(", *")] ⟶ "a, b,c" ⟶ [["a","b","c"]]
        ascii_downcase, ascii_upcase ⟶ "aB" ⟶ ["ab","AB"]
        ltrimstr("a"), rtrimstr("c"), startswith("ab"), endswith("x") ⟶ "abc" ⟶ ["bc","ab",true,false]
        explode | implode ⟶ "aä" ⟶ ["aä"]
        index("b"), rindex("b"), indices("b") ⟶ "abcb" ⟶ [1,3,[1,3]]
        indices([1,2]) ⟶ [0,1,2,1,2] ⟶ [[1,3]]
        inside([1,2,3]) ⟶ [1] ⟶ [true]
        transpose ⟶ [[1,2],[3]] ⟶ [[[1,3],[2,null]]]
        walk(if type == "number" then . + 1 else . end) ⟶ [1,{"a":2}] ⟶ [[2,{"a":3}]]
        map_values(. + 1) ⟶ {"a":1} ⟶ [{"a":2}]
        [combinations] ⟶ [[1,2],[3]] ⟶ [[[1,3],[2,3]]]
        todate, (todate | fromdate) ⟶ 1704067200 ⟶ ["2024-01-01T00:00:00Z",1704067200]
        strftime("%Y-%m-%d %H:%M:%S") ⟶ 1704067200 ⟶ ["2024-01-01 00:00:00"]
        strptime("%Y-%m-%dT%H:%M:%SZ") | mktime ⟶ "2024-01-01T00:00:00Z" ⟶ [1704067200]
        strftime("%A, %B %d, %Yx%j") ⟶ 1704067200 ⟶ ["Monday, January 01, 2024x001"]
        floor, sqrt, pow(.; 2) ⟶ 4 ⟶ [4,2,16]
        1 == 1.0, "a" < "b", [1] < [2], {} < [], null < false ⟶ 0 ⟶ [true,true,true,false,true]
        not, (null | not) ⟶ 1 ⟶ [false,true]
        true and false, (true or error) ⟶ 1 ⟶ [false,true]
        [.[] | tostring] ⟶ [1,"1",null] ⟶ [["1","1","null"]]
        getpath(["a","b"]) ⟶ {} ⟶ [null]
        to_entries[] | .key ⟶ {"x":1} ⟶ ["x"]
        {(.k): 1, "x\(.k)": 2, @base64 "z": 3} ⟶ {"k":"y"} ⟶ [{"y":1,"xy":2,"z":3}]
        {a: (1, 2)} ⟶ 0 ⟶ [{"a":1},{"a":2}]
        [.[] | {a, b: .c}] | .[0] ⟶ [{"a":1,"c":2}] ⟶ [{"a":1,"b":2}]
        "abc" | .[1:2] ⟶ 0 ⟶ ["b"]
        .["a b"], ."a b", .["a b"]? ⟶ {"a b":1} ⟶ [1,1,1]
        {a:1} + {b:2} * {b:{c:3}} | .a ⟶ 0 ⟶ [1]
        {a:{b:1}} * {a:{c:2}} ⟶ 0 ⟶ [{"a":{"b":1,"c":2}}]
        [1,2,3] - [2] ⟶ 0 ⟶ [[1,3]]
        "a,b" / "," ⟶ 0 ⟶ [["a","b"]]
        "ab" * 2 ⟶ 0 ⟶ ["abab"]
        -(1 + 2), -. ⟶ 5 ⟶ [-3,-5]
        [.[] | -. ] ⟶ [1,2] ⟶ [[-1,-2]]
        # comment⏎ . # more ⟶ 1 ⟶ [1]
         ⟶ 1 ⟶ [1]
        empty ⟶ 1 ⟶ []
        [1,2] | .[1] = empty ⟶ 0 ⟶ []
        (.a, .b) = 1 ⟶ {} ⟶ [{"a":1,"b":1}]
        [.[] | select(.a == "x" and (.b | not))] | length ⟶ [{"a":"x"}] ⟶ [1]
        INDEX(.id) | keys ⟶ [{"id":1},{"id":2}] ⟶ [["1","2"]]
        [.[] | IN(2, 3)] ⟶ [1,2] ⟶ [[false,true]]
        pick(.a) ⟶ {"a":1,"b":2} ⟶ [{"a":1}]
        9007199254740993 + 1 ⟶ 0 ⟶ [9007199254740994]
        [(1,2) + (10,20)] ⟶ 0 ⟶ [[11,12,21,22]]
        [.[] as {$a, b: [$c]} | $a, $c] ⟶ [{"a":1,"b":[2]}] ⟶ [[1,2]]
        limit(1; .[] | select(. > 1)) ⟶ [1,2,3] ⟶ [2]
        reduce empty as $x (0; 1) ⟶ 0 ⟶ [0]
        tojson ⟶ 1.5 ⟶ ["1.5"]
        ascii ⟶ 65 ⟶ ["A"]
        @text "a\(.)" ⟶ [1] ⟶ ["a[1]"]
        ltrimstr(1) ⟶ "a" ⟶ ["a"]
        [.[]?] ⟶ 5 ⟶ [[]]
        ..|numbers ⟶ [1,[2]] ⟶ [1,2]
        (.a | try error("\(.)") catch .) as $m | $m ⟶ {"a":7} ⟶ ["7"]
        [(try (1, error("x"), 3) catch "c")] ⟶ 0 ⟶ [[1,"c"]]
        try (try error("in") catch error("out")) catch . ⟶ 0 ⟶ ["out"]
        [.[] | try (if . == 2 then error("two") else . end) catch "c"]  ⟶ [1,2,3] ⟶ [[1,"c",3]]
        """#.split(separator: "\n").map(String.init)

    static let failures = #"""
        .a
        error("x")
        .[
        foo
        $x
        1 +
        {a
        if 1 then 2
        def f: 1
        try 1 | error("b")
        @nope
        break $x
        input
        "\q"
        1 as $x
        ]
        ..a.
        path(1)
        fromjson
        tonumber
        implode
        (try 1 catch .) | error("after")
        first(error("x"))
        [.[]]
        {(1): 2}
        $__loc__
        env
        . as [$a] ?// $a | 1
        """#.split(separator: "\n").map(String.init)

    static let endless = #"""
        def f: f; f
        [repeat(1)]
        [range(1e12)]
        reduce range(100) as $i ("aaaaaaaa"; . + .)
        reduce range(100) as $i ([1]; . + .)
        until(false; .)
        def f: 1 + f; f
        [limit(1e9; repeat(.))]
        "x" * 1e12
        [recurse([.])]
        reduce range(1e6) as $i (1; [.])
        reduce range(1e6) as $i (null; {a: .})
        def f: [f]; f
        .[999999999] = 1
        def f: (f | .), 1; f
        """#.split(separator: "\n").map(String.init)

    static let scraps = #"""
        . .a [ ] { } ( ) | , : ; 1 "x" .. map( select( // = |= + - * / as $x reduce if then else end def f: f try ? keys @csv and length [] range(3) del( path(
        """#
}
