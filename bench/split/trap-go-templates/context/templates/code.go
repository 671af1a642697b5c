// generated for {{.Name}}
