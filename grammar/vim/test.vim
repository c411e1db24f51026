" Prints a .flow file with the highlight group behind each piece of text. Groups of Vim's own SQL highlighting, which
" differ between its versions, count as `sql`.
"   vim -es -Nu NONE -i NONE --cmd 'set rtp^=grammar/vim' -S grammar/vim/test.vim IN.flow OUT
let s:lines = []
filetype plugin on
syntax on
execute 'edit' fnameescape(argv(0))
for s:number in range(1, line('$'))
  let s:text = getline(s:number)
  let s:out = ''
  let s:piece = ''
  let s:group = ''
  for s:i in range(0, len(s:text))
    let s:now = s:i < len(s:text) ? synIDattr(synID(s:number, s:i + 1, 1), 'name') : 'END'
    let s:now = s:now =~? '^sql' ? 'sql' : s:now
    if s:now !=# s:group
      let s:out .= s:group ==# '' || s:piece =~# '^\s*$' ? s:piece : s:piece . '<' . s:group . '>'
      let s:piece = ''
      let s:group = s:now
    endif
    let s:piece .= s:text[s:i]
  endfor
  call add(s:lines, s:out)
endfor
call writefile(s:lines, argv(1))
qall!
