# What a person would do in the editor.
sed -i 's/a: "1"/a: "7"/' "$1"
